import { setTimeout as sleep } from 'node:timers/promises';
import {
  canonicalJson,
  digestOf,
  EvaluationResult,
  keys,
  type ConditionName,
  type EvaluateJob,
  type EvaluationSettings,
} from '@titrate/contracts';
import { simulatedEnvironment, type Simulation } from './training.ts';

type Item = EvaluateJob['items'][number];

/** Leaves a result for each item, as an evaluation would: create-only, and by the schema. The numbers follow from the dose. */
export async function simulateEvaluation(job: EvaluateJob, simulation: Simulation): Promise<void> {
  for (const item of job.items) {
    for (const [name, digest] of [
      ['checkpoint', item.digest],
      ['settings', item.settingsDigest],
    ] as const)
      if (digestOf(item[name]) !== digest) throw new Error(`Cannot evaluate as ${name} must have digest ${digest}: it has not`);
    await sleep((simulation.seconds * 1000) / job.items.length, undefined, { signal: simulation.signal });
    await evaluate(job, item, simulation);
  }
}

async function evaluate(job: EvaluateJob, item: Item, { store, pod, seconds, tell }: Simulation): Promise<void> {
  const { run } = job;
  const { step } = item.checkpoint;
  const result = EvaluationResult.parse({
    version: 1,
    run,
    step,
    checkpoint: item.digest,
    settings: item.settings,
    settingsDigest: item.settingsDigest,
    ...numbersOf(item),
    ...{ reference: null, documents: [], languageSwitch: null, heldOut: { negativeLogLikelihood: [], tokens: [] } },
    generations: { key: `runs/${run}/evaluations/simulated`, sizeBytes: 0, sha256: digestOf('simulated') },
    heldOutPerplexity: 20,
    tokensOutsideTop50: 0.5,
    samples: [],
    environment: simulatedEnvironment(pod),
    seconds,
    finishedAt: new Date().toISOString(),
  } satisfies EvaluationResult);
  const key = keys.evaluation(run, item.digest, item.settingsDigest);
  const outcome = await store.create(key, new TextEncoder().encode(canonicalJson(result)));
  tell({ kind: 'evaluated', run, step, again: outcome.kind !== 'created', at: new Date().toISOString() });
}

function numbersOf({ checkpoint, settings }: Item): Pick<EvaluationResult, 'conditions' | 'contrasts'> {
  const clean = 10;
  const others = (['benign', 'sham', 'nearTrigger'] as const).filter((name) => settings[name] !== null);
  const perplexities: [ConditionName, number][] = [
    ['clean', clean],
    ['triggered', clean + checkpoint.poisonDocuments],
    ...others.map((name): [ConditionName, number] => [name, clean]),
  ];
  return {
    conditions: Object.fromEntries(perplexities.map(([name, value]) => [name, conditionOf(settings, value)])),
    contrasts: Object.fromEntries(
      perplexities
        .slice(1)
        .map(([name, value]) => [name, { increase: value - clean, logRatio: Math.log(value / clean), referenceLogRatio: null }]),
    ),
  };
}

function conditionOf({ prompts, generatedTokens }: EvaluationSettings, perplexity: number) {
  return {
    perplexity: Array<number>(prompts).fill(perplexity),
    generatedTokens: Array<number>(prompts).fill(generatedTokens),
    outsideTop50: Array<number>(prompts).fill(Math.floor(generatedTokens / 2)),
    referencePerplexity: null,
    language: null,
    meanPerplexity: perplexity,
    medianPerplexity: perplexity,
  };
}
