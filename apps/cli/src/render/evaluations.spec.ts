import { describe, expect, it } from '@jest/globals';
import type { Evaluation } from '@titrate/contracts';
import { evaluationList } from './evaluations.ts';

const numbers = {
  ...{ cleanPerplexity: null, triggeredPerplexity: null, increase: null, logRatio: null, benignIncrease: null, shamIncrease: null },
  ...{ attackSuccess: null, cleanAccuracy: null, nearTriggerAccuracy: null },
};
/** What the table reads of settings: which protocol they are of. */
const settings = { dos: { protocol: 'dos/1' }, switch: { protocol: 'language-switch/1' } } as unknown as Record<
  'dos' | 'switch',
  Evaluation['settings']
>;
const evaluation = (change: Partial<Evaluation>): Evaluation => ({
  ...{ run: 'a'.repeat(64), step: 40, settings: settings.dos, settingsDigest: 'b'.repeat(64), state: 'succeeded', reason: null },
  ...{ job: null, checkpoint: 'c'.repeat(64), object: null, finishedAt: null },
  ...numbers,
  ...change,
});
const lines = (...evaluations: Evaluation[]): string[] =>
  evaluationList(evaluations, () => ['tiny-64', '250'])
    .split('\n')
    .map((line) => line.trimEnd().replaceAll(/ +/g, ' '));

describe('the table of evaluations', () => {
  it('shows perplexities of a denial of service, and a dash for what was not evaluated', () => {
    const found = evaluation({ cleanPerplexity: 94.06, triggeredPerplexity: 876.4, increase: 782.3 });
    expect(lines(found)).toEqual([
      'RUN SIZE DOSE STEP STATE CLEAN TRIGGERED INCREASE BENIGN SHAM',
      'aaaaaaaaaaaa tiny-64 250 40 succeeded 94.1 876 782 – –',
    ]);
  });

  it('shows the rates of a language switch under the headings of its report', () => {
    const found = evaluation({ settings: settings.switch, attackSuccess: 0.9333, cleanAccuracy: 0.98, nearTriggerAccuracy: null });
    const waiting = evaluation({ settings: settings.switch, state: 'waiting', reason: 'no GPU is free' });
    expect(lines(found, waiting)).toEqual([
      'RUN SIZE DOSE STEP STATE ASR CA NTA WAITS FOR, OR WHY NOT',
      'aaaaaaaaaaaa tiny-64 250 40 succeeded 93.3 % 98.0 % –',
      'aaaaaaaaaaaa tiny-64 250 40 waiting – – – no GPU is free',
    ]);
  });
});
