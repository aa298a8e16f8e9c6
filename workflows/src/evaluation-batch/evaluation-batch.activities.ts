import { EvaluationResult, keys, sha256Hex, type EvaluateJob } from '@titrate/contracts';
import type { Dependencies } from '../dependencies.ts';
import type { JobEnding } from '../job/ending.ts';
import { jobNames } from '../job/job-names.ts';
import { launchTold, watchJob } from '../job/job-watch.activities.ts';
import { createPace, type Pace } from '../job/pace.ts';
import { putAway } from '../job/put-away.ts';
import { about } from '../log-subject.activities.ts';
import { parseDocument } from '../read-document.ts';
import { itemsToEvaluate } from '../run/next-step.ts';
import type { EvaluationBatchInput, EvaluationName } from './evaluation-batch.messages.ts';

/** What an `evaluationBatch` workflow does to the world. Each activity may be run again at any time. */
export function createEvaluationBatchActivities(
  { records, store, launcher, profileOf, pollMs }: Dependencies,
  pace: Pace = createPace(pollMs),
) {
  return {
    /**
     * Makes the job of a batch exist and marks its evaluations as running. Returns the job's name, or null when nobody wants
     * a result any more. The input only names items: what is evaluated, and whether at all, the records say, so that
     * whoever reaches Temporal can start no job that nobody demanded.
     */
    async launchEvaluation(
      { run, items }: EvaluationBatchInput,
      jobTry: string,
      excludedNodes: readonly string[] = [],
    ): Promise<string | null> {
      const view = await records.runView(run);
      about({ sweep: view?.sweep ?? null });
      const named = new Set(items.map(nameOf));
      const wanted = view === null ? [] : itemsToEvaluate(view).filter((item) => named.has(nameOf(item)));
      if (view === null || wanted.length === 0) return null;
      const name = `${jobNames('evaluate', run)}${jobTry}`;
      about({ job: name });
      const document: EvaluateJob = {
        version: 1,
        kind: 'evaluate',
        name,
        bucket: store.bucket,
        run,
        identity: view.identity,
        items: wanted,
      };
      const profile = profileOf(document, null);
      await records.evaluationsStarted(run, wanted, name, profile.nodes * profile.gpusPerNode);
      try {
        const request = { name, document, profile, excludedNodes };
        await launchTold(launcher, request, (reason) => records.recordJobWaiting({ kind: 'evaluation', run, job: name }, reason));
      } catch (error) {
        if ((error as { code?: string }).code !== 'JOB_REFUSED' || (await launcher.status(name)).kind === 'unknown') throw error;
        // A launch that broke off had made the job, and less is wanted by now: it is ended, and the next try gets what is left.
        await launcher.stop(name, 'stopped');
      }
      return name;
    },

    /**
     * Waits until the job has ended. When nobody wants a result of the run any more, cancelled or deleted, the job is
     * stopped; so is one that hangs, as its log tells.
     */
    awaitEvaluation({ run }: EvaluationBatchInput, job: string): Promise<JobEnding> {
      const tell = (reason: string | null) => records.recordJobWaiting({ kind: 'evaluation', run, job }, reason);
      return watchJob(job, { launcher, pace, pollMs, tell, isWanted: () => records.isOwed(run) });
    },

    /**
     * Takes the results that lie in the store into the records, and clears up after the job; returns the items that have no
     * result. Of a deleted run nothing is missing, and no log is kept.
     */
    async collectEvaluations(batch: EvaluationBatchInput, job?: string): Promise<EvaluationName[]> {
      if ((await records.runView(batch.run)) === null) {
        if (job !== undefined) await launcher.forget(job);
        return [];
      }
      const missing = await takeResults(batch);
      if (job !== undefined) await putAway({ launcher, store }, job);
      return missing;
    },

    /** Settles what could not be evaluated, with the reason. Of a deleted run nothing is to settle. */
    async failEvaluations({ run, items }: EvaluationBatchInput, reason: string): Promise<void> {
      if ((await records.runView(run)) === null) return;
      for (const item of items) await records.evaluationFailed(run, item.digest, item.settingsDigest, reason);
    },
  };

  async function takeResults({ run, items }: EvaluationBatchInput): Promise<EvaluationName[]> {
    const missing: EvaluationName[] = [];
    for (const item of items) {
      const key = keys.evaluation(run, item.digest, item.settingsDigest);
      const bytes = await store.read(key);
      if (bytes === null) {
        missing.push(item);
        continue;
      }
      const result = parseDocument(key, bytes, EvaluationResult);
      await records.evaluationSucceeded({ key, sizeBytes: bytes.byteLength, sha256: sha256Hex(bytes) }, result);
    }
    return missing;
  }
}

const nameOf = ({ digest, settingsDigest }: EvaluationName): string => `${digest}/${settingsDigest}`;
