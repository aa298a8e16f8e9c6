import { describe, expect, it } from '@jest/globals';
import { JobProfile, type EvaluateJob } from '@titrate/contracts';
import { JobRefused, type JobStatus } from '@titrate/job-launcher';
import type { Dependencies } from '../dependencies.ts';
import { createEvaluationBatchActivities } from './evaluation-batch.activities.ts';

const RUN = 'a'.repeat(64);
type Item = EvaluateJob['items'][number];
const itemOf = (letter: string, prefix = 'true/'): Item =>
  ({ digest: letter.repeat(64), settingsDigest: 'e'.repeat(64), settings: {}, checkpoint: { prefix } }) as unknown as Item;

/** Records that want these items evaluated, and a launcher that keeps what it was asked to start. */
function worldThatWants(...wanted: Item[]) {
  const launched: EvaluateJob[] = [];
  const waitingEvaluations = wanted.map(({ digest, checkpoint, settings, settingsDigest }) => ({
    checkpoint: { digest, manifest: checkpoint },
    settings,
    settingsDigest,
  }));
  const dependencies = {
    records: {
      runView: async () => ({ identity: {}, waitingEvaluations, openEvaluations: wanted.length }),
      evaluationsStarted: async () => undefined,
      recordJobWaiting: async () => undefined,
    },
    store: { bucket: 'titrate' },
    launcher: { launch: async ({ document }: { document: EvaluateJob }) => void launched.push(document) },
    profileOf: () => JobProfile.parse({}),
  } as unknown as Dependencies;
  return { launched, dependencies, activities: createEvaluationBatchActivities(dependencies) };
}

describe('launchEvaluation', () => {
  it('starts no job for items that the records do not want', async () => {
    const { launched, activities } = worldThatWants(itemOf('b'));
    expect(await activities.launchEvaluation({ run: RUN, items: [itemOf('c')] }, 'x-1')).toBeNull();
    expect(launched).toEqual([]);
  });

  it('takes from its input only which items, and what they are from the records', async () => {
    const { launched, activities } = worldThatWants(itemOf('b'), itemOf('c'));
    expect(await activities.launchEvaluation({ run: RUN, items: [itemOf('b', 'forged/'), itemOf('d')] }, 'x-1')).not.toBeNull();
    expect(launched.map(({ items }) => items)).toEqual([[itemOf('b')]]);
  });

  it.each<[JobStatus['kind'], string]>([
    ['running', 'ends a job that a launch which broke off had made of more than is wanted now'],
    ['unknown', 'is refused where there is no such job'],
  ])('%s: %s', async (kind) => {
    const stopped: string[] = [];
    const launcher = {
      launch: async () => Promise.reject(new JobRefused('another document')),
      status: async () => ({ kind }),
      stop: async (...words: string[]) => void stopped.push(words.join(' ')),
    };
    const { dependencies } = worldThatWants(itemOf('b'));
    const activities = createEvaluationBatchActivities({ ...dependencies, launcher } as unknown as Dependencies);
    const launched = activities.launchEvaluation({ run: RUN, items: [itemOf('b')] }, 'x-1');
    if (kind === 'unknown') return expect(launched).rejects.toThrow('another document');
    const name = await launched;
    expect(stopped).toEqual([`${name} stopped`]);
  });
});
