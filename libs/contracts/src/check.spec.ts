import { describe, expect, it } from '@jest/globals';
import { askAll, reasonOf, type Question } from './check.ts';

const question = (ask: Question['ask']): Question => ({ part: 'store', name: 'listing', mend: 'mend it', ask });

describe('askAll', () => {
  it('tells what was found, with advice only where something is not well', async () => {
    const warning = { state: 'warning', found: 'slow' } as const;
    const answers = await askAll([
      question(async () => 'fine'),
      question(async () => warning),
      question(async () => ({ ...warning, mend: 'wait' })),
    ]);
    expect(answers.map(({ state, found, mend }) => [state, found, mend])).toEqual([
      ['ok', 'fine', null],
      ['warning', 'slow', 'mend it'],
      ['warning', 'slow', 'wait'],
    ]);
  });

  it('fails a question that throws, at once or later, and one that hangs, and asks the others all the same', async () => {
    const answers = await askAll(
      [
        question(() => {
          throw new Error('at once');
        }),
        question(() => Promise.reject(new Error('outer', { cause: new Error('the cause') }))),
        question(() => new Promise(() => undefined)),
        question(async () => 'fine'),
      ],
      20,
    );
    expect(answers.map(({ state, found }) => [state, found])).toEqual([
      ['failed', 'at once'],
      ['failed', 'the cause'],
      ['failed', 'no answer within 0.02 s'],
      ['ok', 'fine'],
    ]);
  });
});

describe('a question that comes after another', () => {
  const first = (ask: Question['ask']): Question[] => [
    { ...question(ask), name: 'bucket' },
    { ...question(async () => 'listed'), after: 'bucket' },
  ];

  it('is asked where that one is well or nearly so, and not where it failed', async () => {
    expect((await askAll(first(async () => 'there'))).map(({ found }) => found)).toEqual(['there', 'listed']);
    expect((await askAll(first(async () => ({ state: 'warning', found: 'slow' })))).map(({ found }) => found)).toEqual(['slow', 'listed']);
    expect((await askAll(first(() => Promise.reject(new Error('none')))))[1]).toEqual({
      ...{ part: 'store', name: 'listing', state: 'failed' },
      ...{ found: 'not asked: store: bucket comes first', mend: null },
    });
  });
});

describe('reasonOf', () => {
  it('is never empty', () => {
    expect(reasonOf(new AggregateError([new Error('connect ECONNREFUSED 127.0.0.1:9')]))).toBe('connect ECONNREFUSED 127.0.0.1:9');
    expect(reasonOf(new TypeError(''))).toBe('TypeError');
    expect(reasonOf('words')).toBe('words');
  });
});
