import { BaseManifest, digestOf, JobResult, keys, shortDigest, type BaseJob } from '@titrate/contracts';
import type { Dependencies } from '../dependencies.ts';
import { describeEnding, type JobEnding } from '../job/ending.ts';
import { launchTold } from '../job/job-watch.activities.ts';
import { putAway } from '../job/put-away.ts';
import { registeredManifest } from '../job/registered-manifest.activities.ts';
import { readDocument } from '../read-document.ts';
import type { BaseInput } from './base.messages.ts';

/** What a `base` workflow does to the world. Each activity may be run again at any time. */
export function createBaseActivities({ records, store, launcher, profileOf }: Dependencies) {
  return {
    /** Makes the job exist and returns its name, or null when the registration has been settled already. */
    async launchBase({ team, name }: BaseInput, jobTry: string, excludedNodes: readonly string[] = []): Promise<string | null> {
      const work = await records.baseWork(team, name);
      if (work === null) return null;
      const job = `base-${shortDigest(digestOf({ team, name }))}-${jobTry}`;
      const { recipe, source } = work;
      const document: BaseJob = { version: 1, kind: 'base', name: job, bucket: store.bucket, recipe, source };
      const request = { name: job, document, profile: profileOf(document, null), excludedNodes };
      await launchTold(launcher, request, (reason) => records.recordJobWaiting({ kind: 'base', team, name }, reason));
      return job;
    },

    /** Records what the job left. Returns false when it left nothing and another job may try. */
    async settleBase({ team, name }: BaseInput, job: string, ending: JobEnding, isLast: boolean): Promise<boolean> {
      const result = await readDocument(store, keys.jobResult(job), JobResult);
      if (result?.base !== undefined) {
        const key = keys.baseManifest(result.base);
        const manifest = await registeredManifest(store, `base ${name}`, key, result.base, BaseManifest);
        await records.baseReady(team, name, result.base, manifest);
        await putAway({ launcher, store }, job);
        return true;
      }
      const isSettled = result?.problem !== undefined || isLast;
      if (isSettled) await records.baseFailed(team, name, result?.problem ?? describeEnding(ending));
      await putAway({ launcher, store }, job);
      return isSettled;
    },

    /** Settles a registration that can never succeed. */
    failBase: ({ team, name }: BaseInput, reason: string) => records.baseFailed(team, name, reason),
  };
}
