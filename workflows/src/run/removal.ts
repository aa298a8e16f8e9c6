import { keys, type Digest } from '@titrate/contracts';
import type { Dependencies } from '../dependencies.ts';
import { jobNames } from '../job/job-names.ts';

type Parts = Pick<Dependencies, 'records' | 'store'>;

/**
 * Removes everything of a run that was deleted. No attempt can start meanwhile: only the workflow of the run launches any, and a
 * submission that demands the run again waits in its inbox.
 */
export async function purgeRun({ records, store }: Parts, run: Digest): Promise<void> {
  if ((await records.runView(run)) !== null) return;
  await store.removePrefix(keys.run(run));
  for (const kind of ['train', 'evaluate'] as const) await removeJobs(store, jobNames(kind, run));
}

/** Removes what the jobs of a deleted run left; their names begin alike. */
async function removeJobs(store: Parts['store'], beginning: string): Promise<void> {
  const prefixes = new Set<string>();
  for await (const { key } of store.list(keys.job(beginning).slice(0, -1))) prefixes.add(`${key.split('/', 2).join('/')}/`);
  for (const prefix of prefixes) await store.removePrefix(prefix);
}

/** Removes the objects of checkpoints that nobody needs; the log keeps their entries and the records a tombstone. */
export async function applyRetention({ records, store }: Parts, run: Digest): Promise<void> {
  for (const { digest, manifest } of await records.markDeletable(run)) {
    await store.removePrefix(manifest.prefix);
    await records.checkpointDeleted(run, digest);
  }
}
