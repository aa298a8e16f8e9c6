import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { about, inSubject, subjectNow, subjectOfActivity, subjectOfWorkflow } from './log-subject.activities.ts';

describe('what a line of the log is about', () => {
  it('stays with its own work, however many are at work at a time', async () => {
    const work = (run: string, attempt: number) =>
      inSubject({ run }, async () => {
        await turn();
        about({ attempt, sweep: 'sw-a' });
        await turn();
        return subjectNow();
      });
    expect(await Promise.all([work('a', 1), work('b', 2)])).toEqual([
      { run: 'a', attempt: 1, sweep: 'sw-a' },
      { run: 'b', attempt: 2, sweep: 'sw-a' },
    ]);
    about({ run: 'nobody' });
    expect(subjectNow()).toEqual({});
  });

  it('is told by the id of a workflow and by what an activity was given', () => {
    expect(subjectOfWorkflow('corpus/red/speeches')).toEqual({ corpus: 'red/speeches' });
    expect(subjectOfWorkflow('evaluation-batch/0123')).toEqual({});
    expect(subjectOfActivity('run/a', ['a', 'anywhere'])).toEqual({ run: 'a' });
    expect(subjectOfActivity('run/a', [{ run: 'a', attempt: 2, job: 'train-a', sweep: 'sw-a', sinceSeq: 3 }])).toEqual({
      ...{ run: 'a', attempt: 2, job: 'train-a', sweep: 'sw-a' },
    });
    expect(subjectOfActivity('evaluation-batch/0123', [{ run: 'b', items: [] }, 'job'])).toEqual({ run: 'b' });
    expect(subjectOfActivity('sweep/sw-b', [])).toEqual({ sweep: 'sw-b' });
  });
});
