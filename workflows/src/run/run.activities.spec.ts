import { describe, expect, it } from '@jest/globals';
import { JobRefused } from '@titrate/job-launcher';
import type { Dependencies } from '../dependencies.ts';
import { trainJobName } from '../job/job-names.ts';
import { createRunActivities } from './run.activities.ts';

const RUN = 'a'.repeat(64);

describe('nextRunStep', () => {
  it('launches an attempt that its announcer left in the log alone, under the name that its number and token give', async () => {
    const attempt = { run: RUN, number: 1, token: '0123456789abcdef', job: '', state: 'launched' };
    const view = { wanted: 'run', trained: false, failures: 0, attempt, attemptSteps: null, waitingEvaluations: [] };
    const asked: string[] = [];
    const dependencies = {
      records: { runView: async () => view },
      launcher: {
        status: async (name: string) => {
          if (name === '') throw new JobRefused('no name');
          asked.push(name);
          return { kind: 'unknown' };
        },
      },
    } as unknown as Dependencies;
    expect(await createRunActivities(dependencies).nextRunStep(RUN, 'anywhere')).toEqual({ kind: 'launch', evaluate: [] });
    expect(asked).toEqual([trainJobName(RUN, attempt)]);
  });
});

describe('trainJobName', () => {
  it('differs for attempts of one number, as a run that was deleted and demanded again counts from 1', () => {
    const nameOf = (token: string) => trainJobName(RUN, { number: 1, token: token.repeat(16) });
    expect([nameOf('0') === nameOf('0'), nameOf('0') === nameOf('1')]).toEqual([true, false]);
  });
});
