import { EvaluationResult, keys, sha256Hex, shortDigest, type EvaluateJob } from '@titrate/contracts';
import type { Dependencies } from '../dependencies.ts';
import { describeEnding, type JobEnding } from '../job/job.activities.ts';
import type { EvaluationBatchInput } from './evaluation-batch.messages.ts';

/** What an `evaluationBatch` workflow does to the world. Each activity may be run again at any time. */
export function createEvaluationBatchActivities({ records, store, launcher, resources }: Dependencies) {
  return {
    /** Makes the job of a batch exist and marks its evaluations as running. Returns the job's name, or null when the run was deleted. */
    async launchEvaluation({ run, items }: EvaluationBatchInput, jobTry: string): Promise<string | null> {
      const view = await records.runView(run);
      if (view === null) return null;
      await records.evaluationsStarted(run, items);
      const name = `evaluate-${shortDigest(run)}-${jobTry}`;
      const document: EvaluateJob = { version: 1, kind: 'evaluate', name, bucket: store.bucket, run, identity: view.identity, items };
      await launcher.launch({ name, document, resources: resources.evaluate });
      return name;
    },

    /** Takes the results that lie in the store into the records; returns the items that have none. Of a deleted run nothing is missing. */
    async collectEvaluations({ run, items }: EvaluationBatchInput): Promise<EvaluateJob['items']> {
      if ((await records.runView(run)) === null) return [];
      const missing: EvaluateJob['items'] = [];
      for (const item of items) {
        const key = keys.evaluation(run, item.digest, item.settingsDigest);
        const bytes = await store.read(key);
        if (bytes === null) {
          missing.push(item);
          continue;
        }
        const result = EvaluationResult.parse(JSON.parse(new TextDecoder().decode(bytes)));
        await records.evaluationSucceeded({ key, sizeBytes: bytes.byteLength, sha256: sha256Hex(bytes) }, result);
      }
      return missing;
    },

    /** Settles what could not be evaluated, with the reason. */
    async failEvaluations({ run, items }: EvaluationBatchInput, ending: JobEnding): Promise<void> {
      for (const item of items) await records.evaluationFailed(run, item.digest, item.settingsDigest, describeEnding(ending));
    },
  };
}
