import { digestOf, shortDigest } from '@titrate/contracts';
import type { JobListing } from '@titrate/job-launcher';
import type { JobsAtWork } from '@titrate/records';
import type { Dependencies } from '../dependencies.ts';
import { trainJobName } from './job-names.ts';
import { putAway } from './put-away.ts';

/** A younger job may belong to a workflow that has not written down what it started. */
const GRACE_MS = 600_000;

/**
 * Removes jobs that nothing owns by the records: of runs, batches, registrations, gates and analyses that have ended or are gone. Their
 * logs are kept where the records still know them. Returns the names of what it removed.
 *
 * @param nowMs the time of day.
 */
export async function clearUp(
  { records, store, launcher }: Pick<Dependencies, 'records' | 'store' | 'launcher'>,
  nowMs: number,
): Promise<string[]> {
  // The launcher is asked first: what is launched after this is not in the list, and whatever is was recorded before it was launched.
  const old = (await launcher.list()).filter(({ launchedAt }) => nowMs - Date.parse(launchedAt) > GRACE_MS);
  if (old.length === 0) return [];
  const atWork = await records.jobsAtWork(old.map(({ name }) => name));
  const lost = old.filter((job) => !isOwned(job, atWork));
  for (const { name, ended } of lost) {
    if (!ended) await launcher.stop(name, 'stopped');
    if (name.startsWith('train-') && !atWork.recorded.includes(name)) await launcher.forget(name);
    else await putAway({ launcher, store }, name);
  }
  return lost.map(({ name }) => name);
}

/** Whether something that is still open may have started the job; its name says what. A name that is none of ours is left alone. */
function isOwned({ name }: JobListing, { attempts, evaluating, corpora, bases, gates, isAnalysing }: JobsAtWork): boolean {
  const [kind, digest] = name.split('-');
  switch (kind) {
    case 'train':
      return attempts.some((attempt) => trainJobName(attempt.run, attempt) === name);
    case 'evaluate':
      return evaluating.some((run) => shortDigest(run) === digest);
    case 'corpus':
      return corpora.some((corpus) => shortDigest(digestOf(corpus)) === digest);
    case 'base':
      return bases.some((base) => shortDigest(digestOf(base)) === digest);
    case 'gate':
      return gates.some((gate) => shortDigest(digestOf({ gate })) === digest);
    case 'analyse':
      // The name holds the digest of what is analysed, which no row knows.
      return isAnalysing;
    default:
      return true;
  }
}
