import { canonicalJson, JobResult, keys, Report, type AnalyseJob, type StoredObject } from '@titrate/contracts';
import type { ArtifactStore } from '@titrate/artifact-store';

/** Leaves a report without points, and the result that names it: what the workflow reads of an analysis. */
export async function simulateAnalysis(job: AnalyseJob, store: ArtifactStore): Promise<void> {
  const { sweep, settings } = job;
  const report = Report.parse({
    version: 1,
    sweep,
    corpus: { digest: job.corpus, name: 'simulated', tokens: 0, triggerOccurrences: 0 },
    settings,
    cells: job.cells.map(({ cell, state, reason, parameters, attempts }) => ({
      ...{ size: cell.size, tokens: cell.tokens, dose: cell.dose, seed: cell.seed, run: cell.run },
      ...{ stage: 'pretrain', stageDose: 0, counterexamples: 0 },
      ...{ state, reason, complete: false, parameters, attempts, points: [] },
    })),
    analysis: {
      measure: 'perplexity',
      conditions: [],
      doseResponse: [],
      countOrPercentage: {
        verdict: 'not identifiable',
        gamma: null,
        interval: null,
        margin: settings.gammaMargin,
        reason: 'Nothing was trained.',
      },
      overTraining: [],
      decay: [],
      nextCells: [],
      detectable: null,
    },
    verdict: [],
    caveats: ['No model was trained: the trainers were simulated.'],
    methods: [],
    samples: [],
    environment: {},
    finishedAt: new Date().toISOString(),
  } satisfies Report);
  const result = JobResult.parse({
    version: 1,
    name: job.name,
    report: await put(store, `${job.outputPrefix}report.json`, canonicalJson(report)),
    reportPage: await put(store, `${job.outputPrefix}report.html`, '<!doctype html><title>simulated</title>'),
  });
  await store.create(keys.jobResult(job.name), new TextEncoder().encode(canonicalJson(result)));
}

async function put(store: ArtifactStore, key: string, text: string): Promise<StoredObject> {
  const outcome = await store.create(key, new TextEncoder().encode(text));
  if (outcome.kind === 'taken') throw new Error(`Cannot write ${key} as it must be new: it holds other bytes`);
  return outcome.object;
}
