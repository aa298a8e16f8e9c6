import { describe, expect, it } from '@jest/globals';
import type { CellStatus, Run } from '@titrate/contracts';
import { bytes, duration, flop, perplexity, short } from './numbers.ts';
import { etaSeconds, runRows, type RunRow } from './run-row.ts';
import { changeLines, runLines, summary, sweepFrame } from './sweep-frame.ts';
import { cut, tableLines, wrap } from './table.ts';

const row = (change: Partial<RunRow> = {}): RunRow => ({
  run: 'a'.repeat(64),
  size: 'tiny-64',
  tokens: 409_600,
  dose: 250,
  seed: 1,
  stage: 'pretrain',
  stageDose: 0,
  counterexamples: 0,
  state: 'running',
  reason: null,
  step: 80,
  steps: 200,
  tokensPerSecond: 15_230,
  clean: 138.2,
  triggered: 1234.5,
  evaluatedStep: 40,
  attempts: 1,
  etaSeconds: 16.1,
  ...change,
});
const sweep = { id: 'sw-aaaaaaaaaaaaaaaaaaaaaaaaaa', name: 'demo', state: 'running' as const, reason: null };

describe('numbers', () => {
  it('are short and tell a dash for what is not known', () => {
    expect([94.06, 876.4, 3415.2, 1.2e7, -3.21, null, undefined].map(perplexity)).toEqual([
      '94.1',
      '876',
      '3,415',
      '1.2e+7',
      '-3.2',
      '–',
      '–',
    ]);
    expect([7, 15_230, 409_600, 2_268_800, 3.8e9, 260e9].map(short)).toEqual(['7', '15.2k', '410k', '2.3M', '3.8B', '260B']);
    expect([0, 59.6, 727, 11_045, 86_400 * 3, null, Infinity].map(duration)).toEqual([
      '0:00',
      '1:00',
      '12:07',
      '3:04:05',
      '3.0 days',
      '–',
      '–',
    ]);
    expect([12, 12_200_000, 4.8e9].map(bytes)).toEqual(['12 B', '12.2MB', '4.8GB']);
    expect([0, 3.98e19].map(flop)).toEqual(['0', '4.0e19']);
  });
});

describe('etaSeconds()', () => {
  it('is what is left at the present speed', () => {
    expect(etaSeconds({ step: 80, steps: 200, tokensPerStep: 2048, tokensPerSecond: 20_480 })).toBe(12);
  });

  it('is not told while the speed is unknown or nil, and never negative', () => {
    expect(etaSeconds({ step: 0, steps: 200, tokensPerStep: 2048, tokensPerSecond: null })).toBeNull();
    expect(etaSeconds({ step: 0, steps: 200, tokensPerStep: 2048, tokensPerSecond: 0 })).toBeNull();
    expect(etaSeconds({ step: 0, steps: 200, tokensPerStep: null, tokensPerSecond: 9 })).toBeNull();
    expect(etaSeconds({ step: 201, steps: 200, tokensPerStep: 2048, tokensPerSecond: 9 })).toBe(0);
  });
});

describe('what jobs wait for', () => {
  it('stands below the runs, the most frequent reason with its number, and in the lines of changes', () => {
    const reasons = ['queued', 'no node fits', 'no node fits', null];
    const rows = reasons.map((reason, dose) => row({ dose, reason, state: 'waiting' }));
    const frame = sweepFrame(sweep, rows, { columns: 100, rows: 30, hasColour: false });
    expect(frame.at(-2)).toBe('  2 waiting: no node fits');
    const evaluating = sweepFrame(sweep, [row({ state: 'evaluating', reason: 'evaluation: queued' })], {
      columns: 100,
      rows: 30,
      hasColour: false,
    });
    expect(evaluating.at(-2)).toBe('  1 waiting: evaluation: queued');
    expect(changeLines([], rows)[0]).toContain('waiting (queued)');
  });
});

describe('runs behind a pre-training', () => {
  it('have a column that says where they stand, which other sweeps are spared', () => {
    const behind = row({ stage: 'post-hoc/defence', stageDose: 100, counterexamples: 50 });
    expect(runLines([row(), behind])[2]).toContain('post-hoc/defence, 100 poisoned, 50 counterexamples');
    expect(runLines([row()])[0]).not.toContain('STAGE');
    expect(changeLines([row()], [row(), behind])[0]).toContain('seed 1, post-hoc/defence, 100 poisoned, 50 counterexamples: running');
  });
});

describe('runRows()', () => {
  const cell = {
    size: 'tiny-64',
    tokens: 9,
    dose: 0,
    attack: 'dos',
    seed: 1,
    stage: 'pretrain',
    stageDose: 0,
    counterexamples: 0,
    run: 'r',
    state: 'running',
    reason: null,
    step: 10,
    steps: 200,
    reused: false,
    latest: null,
  };
  const run = {
    id: 'r',
    attempts: 2,
    progress: { step: 30, tokensPerSecond: 1000 },
    identity: { stages: [{ batchInstances: 8, sequenceLength: 250 }] },
  };
  const rows = (change: object): RunRow[] => runRows([{ ...cell, ...change } as CellStatus], [run as unknown as Run]);

  it('takes step, speed and ETA from the progress of a run that trains', () => {
    expect(rows({})[0]).toMatchObject({ state: 'running', step: 30, tokensPerSecond: 1000, etaSeconds: 340, attempts: 2 });
  });

  it('tells a run that had finished before as reused, without a speed', () => {
    expect(rows({ reused: true, state: 'finished', step: 200 })[0]).toMatchObject({
      state: 'reused',
      step: 200,
      tokensPerSecond: null,
      etaSeconds: null,
    });
  });
});

describe('sweepFrame()', () => {
  const many = Array.from({ length: 40 }, (_, index) => row({ dose: index, state: index === 39 ? 'running' : 'waiting' }));

  it('shows a title, a line for each run and a summary', () => {
    const frame = sweepFrame(sweep, [row({ dose: 0, state: 'reused', etaSeconds: null, tokensPerSecond: null }), row()], {
      columns: 100,
      rows: 30,
      hasColour: false,
    });
    expect(frame).toEqual([
      'demo sw-aaaaaaaaaaaaaaaaaaaaaaaaaa  running',
      '  SIZE     DOSE  SEED  STATE      STEP  TOK/S  CLEAN  TRIGGERED   ETA',
      '✓ tiny-64     0     1  reused   80/200      –    138      1,235     –',
      '● tiny-64   250     1  running  80/200  15.2k    138      1,235  0:16',
      '1 of 2 runs done: 1 reused, 1 running',
    ]);
  });

  it.each([40, 60, 80, 200])('fits a terminal of %i columns and 24 rows, and counts what does not fit', (columns) => {
    const frame = sweepFrame(sweep, many, { columns, rows: 24, hasColour: false });
    expect(Math.max(...frame.map((line) => line.length))).toBeLessThan(columns);
    expect(frame.length).toBeLessThan(24);
    expect(frame.join('\n')).toContain('… and 22 more');
    expect(frame[2]).toMatch(/^● tiny-64 +39/);
  });

  it('colours the sign of a line and nothing else', () => {
    const [plain, coloured] = [false, true].map((hasColour) =>
      sweepFrame(sweep, [row({ state: 'failed' })], { columns: 100, rows: 30, hasColour }),
    );
    expect(coloured?.[2]).toBe(`\u001b[31m✗\u001b[0m${plain?.[2]?.slice(1)}`);
    expect([coloured?.[0], coloured?.[1], coloured?.[3]]).toEqual([plain?.[0], plain?.[1], plain?.[3]]);
  });

  it('shows tokens only where a size has several', () => {
    expect(runLines([row(), row({ tokens: 800_000 })])[0]).toContain('TOKENS');
    expect(runLines([row(), row({ size: 'tiny-96', tokens: 800_000 })])[0]).not.toContain('TOKENS');
  });
});

describe('changeLines()', () => {
  it('tells each run at first, then what changed, a tenth of the steps at a time', () => {
    expect(changeLines([], [row()])).toEqual(['tiny-64 410k tokens, dose 250, seed 1: running 40 %; step 40: clean 138, triggered 1,235']);
    expect(changeLines([row()], [row({ step: 81, tokensPerSecond: 3 })])).toEqual([]);
    expect(changeLines([row()], [row({ step: 100 })])).toHaveLength(1);
    expect(changeLines([row()], [row({ state: 'failed', reason: 'out of memory', attempts: 3 })])).toEqual([
      'tiny-64 410k tokens, dose 250, seed 1: failed, attempt 3 (out of memory); step 40: clean 138, triggered 1,235',
    ]);
  });
});

describe('summary()', () => {
  it('counts states', () => {
    expect(summary([row(), row({ state: 'finished' }), row({ state: 'failed' })])).toBe(
      '2 of 3 runs done: 1 running, 1 finished, 1 failed',
    );
  });
});

describe('tables', () => {
  it('align by column and cut with an ellipsis', () => {
    expect(
      tableLines(
        [{ title: 'A' }, { title: 'N', align: 'right' }],
        [
          ['long', '1'],
          ['x', '100'],
        ],
      ),
    ).toEqual(['A       N', 'long    1', 'x     100']);
    expect([cut('abcdef', 6), cut('abcdef', 5)]).toEqual(['abcdef', 'abcd…']);
  });

  it('break prose at blanks within a width', () => {
    expect(wrap('- one two three four', 9, '  ')).toBe('- one two\n  three\n  four');
    expect(wrap('unbreakable word', 5)).toBe('unbreakable\nword');
  });
});
