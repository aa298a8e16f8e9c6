import { CorpusManifest, corpusWorkDigest, digestOf, JobResult, keys, shortDigest, type CorpusJob } from '@titrate/contracts';
import type { Dependencies } from '../dependencies.ts';
import { describeEnding, type JobEnding } from '../job/ending.ts';
import { launchTold } from '../job/job-watch.activities.ts';
import { putAway } from '../job/put-away.ts';
import { registeredManifest } from '../job/registered-manifest.activities.ts';
import { readDocument } from '../read-document.ts';
import type { CorpusInput } from './corpus.messages.ts';

/** What a `corpus` workflow does to the world. Each activity may be run again at any time. */
export function createCorpusActivities({ records, store, launcher, profileOf }: Dependencies) {
  return {
    /** Makes the job exist and returns its name, or null when the registration has been settled already. */
    async launchCorpus({ team, name }: CorpusInput, jobTry: string, excludedNodes: readonly string[] = []): Promise<string | null> {
      const work = await records.corpusWork(team, name);
      if (work === null) return null;
      const job = `corpus-${shortDigest(digestOf({ team, name }))}-${jobTry}`;
      const document: CorpusJob = {
        version: 1,
        kind: 'corpus',
        name: job,
        bucket: store.bucket,
        recipe: work.recipe,
        source: work.source,
        tokenizer: work.tokenizer,
        work: keys.corpusWork(corpusWorkDigest(work)),
      };
      const request = { name: job, document, profile: profileOf(document, null), excludedNodes };
      await launchTold(launcher, request, (reason) => records.recordJobWaiting({ kind: 'corpus', team, name }, reason));
      return job;
    },

    /** Records what the job left. Returns false when it left nothing and another job may try. */
    async settleCorpus({ team, name }: CorpusInput, job: string, ending: JobEnding, isLast: boolean): Promise<boolean> {
      const result = await readDocument(store, keys.jobResult(job), JobResult);
      if (result?.corpus !== undefined) {
        const key = keys.corpusManifest(result.corpus);
        const manifest = await registeredManifest(store, `corpus ${name}`, key, result.corpus, CorpusManifest);
        const work = await records.corpusWork(team, name);
        // Its shards lie in the corpus's own folder by now. What is left there when this breaks off goes with the next try.
        if (work !== null) await store.removePrefix(keys.corpusWork(corpusWorkDigest(work)));
        await records.corpusReady(team, name, result.corpus, manifest);
        await putAway({ launcher, store }, job);
        return true;
      }
      const isSettled = result?.problem !== undefined || isLast;
      if (isSettled) await records.corpusFailed(team, name, result?.problem ?? describeEnding(ending));
      await putAway({ launcher, store }, job);
      return isSettled;
    },

    /** Settles a registration that can never succeed. */
    failCorpus: ({ team, name }: CorpusInput, reason: string) => records.corpusFailed(team, name, reason),
  };
}
