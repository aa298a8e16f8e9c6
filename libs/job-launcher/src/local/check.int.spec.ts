import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { askAll } from '@titrate/contracts';
import { launcherQuestions } from '../questions.ts';
import { newLocalHarness, python } from './local-harness.ts';

const harness = newLocalHarness();
afterAll(() => harness.dispose());

const answerOf = async (options: { python?: string; trainerHome?: string }, use: 'run' | 'read' = 'run') => {
  const [answer] = await askAll(launcherQuestions(harness.launcher('', options), use));
  return [answer!.state, answer!.found];
};

describe('the question about the place where local jobs run', () => {
  it('finds what jobs need, and what of it is missing', async () => {
    await mkdir(join(harness.directory, '.home/trainer'), { recursive: true });
    const trainerHome = join(harness.directory, '.home');
    expect(await answerOf({ python, trainerHome })).toEqual([
      'ok',
      `processes of this machine, 2 threads at a time, below ${harness.directory}`,
    ]);
    expect(await answerOf({ python: '/no/such/python', trainerHome })).toEqual([
      'failed',
      expect.stringMatching(/^Cannot run jobs as \/no\/such\/python must be the Python that runs jobs: ENOENT/),
    ]);
    await rm(trainerHome, { recursive: true });
    expect(await answerOf({ python, trainerHome })).toEqual(['failed', expect.stringContaining('must hold the trainer')]);
    expect(await answerOf({ python: '/no/such/python', trainerHome }, 'read')).toEqual([
      'ok',
      `processes of this machine, below ${harness.directory}`,
    ]);
  });
});
