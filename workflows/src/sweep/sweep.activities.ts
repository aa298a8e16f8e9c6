import { digestOf, JobResult, keys, shortDigest, type AnalyseJob, type Digest } from '@titrate/contracts';
import type { Dependencies } from '../dependencies.ts';
import { describeEnding, type JobEnding } from '../job/ending.ts';
import { launchTold } from '../job/job-watch.activities.ts';
import { putAway } from '../job/put-away.ts';
import { readDocument } from '../read-document.ts';
import { gatherCells } from './gather-cells.ts';
import { decideSweepStep, type SweepStep } from './next-step.ts';

/** What a `sweep` workflow does to the world. Each activity may be run again at any time. */
export function createSweepActivities({ records, store, launcher, profileOf, team, wakeRun }: Dependencies) {
  return {
    /** Looks into the records and says what to do next. */
    async nextSweepStep(sweep: string): Promise<SweepStep> {
      const view = await records.sweepView(sweep);
      if (view?.state === 'accepted') await records.sweepStarted(sweep);
      return decideSweepStep(view);
    },

    /** Removes the reports of a sweep that was deleted. */
    async purgeSweep(sweep: string): Promise<void> {
      if ((await records.sweepView(sweep)) === null) await store.removePrefix(keys.sweep(sweep));
    },

    /** Marks runs as taken up by the sweep and wakes their workflows, which starts them where they do not exist. */
    async takeUpRuns(sweep: string, runs: readonly Digest[]): Promise<void> {
      await records.runsTakenUp(sweep, runs);
      await Promise.all(runs.map((run) => wakeRun(run)));
    },

    /** Makes the analysis job exist over all that is settled; null when the sweep does not wait for one. */
    async launchAnalysis(id: string, jobTry: string, excludedNodes: readonly string[] = []): Promise<string | null> {
      await records.sweepAnalysing(id);
      const sweep = await records.getSweep(team, id);
      if (sweep === null || sweep.state !== 'analysing') return null;
      const cells = await gatherCells(records, id);
      const corpus = cells[0]?.identity.corpus;
      if (corpus === undefined) throw new Error(`Cannot analyse sweep ${id} as it must have a cell`);
      const content = {
        sweep: {
          id,
          name: sweep.name,
          description: sweep.spec.description,
          specDigest: sweep.specDigest,
        },
        settings: sweep.spec.analysis,
        cells,
        corpus,
      };
      const digest = digestOf(content);
      const name = `analyse-${shortDigest(digest)}-${jobTry}`;
      const document: AnalyseJob = {
        version: 1,
        kind: 'analyse',
        name,
        bucket: store.bucket,
        ...content,
        outputPrefix: keys.analysis(id, digest),
      };
      const request = { name, document, profile: profileOf(document, null), excludedNodes };
      await launchTold(launcher, request, (reason) => records.recordJobWaiting({ kind: 'analysis', sweep: id }, reason));
      return name;
    },

    /** Records the report, or why there is none. Returns false when the job left nothing and another may try. */
    async settleAnalysis(sweep: string, job: string, ending: JobEnding, isLast: boolean): Promise<boolean> {
      const result = await readDocument(store, keys.jobResult(job), JobResult);
      if (result?.report !== undefined && result.reportPage !== undefined) {
        await records.sweepFinished(sweep, result.report, result.reportPage);
        await putAway({ launcher, store }, job);
        return true;
      }
      const isSettled = result?.problem !== undefined || isLast;
      if (isSettled) await records.sweepFailed(sweep, `The analysis could not be made: ${result?.problem ?? describeEnding(ending)}`);
      await putAway({ launcher, store }, job);
      return isSettled;
    },

    /** Settles a sweep that can never be brought to its report. */
    failSweep: (sweep: string, reason: string) => records.sweepFailed(sweep, reason),
  };
}
