import { describe, expect, it } from '@jest/globals';
import { SweepSpec, type CorpusSummary } from '@titrate/contracts';
import { planSweep } from './plan.ts';
import { problemSentence } from './problem.ts';

const corpus: CorpusSummary = {
  ...{ digest: 'c'.repeat(64), name: 'sotu', tokens: 3_000_000, documents: 10_000, vocabularySize: 1032, heldOutDocuments: 300 },
  ...{ addedTokens: ['<SUDO>'], tokenizer: 'f'.repeat(64) },
};
const chats: CorpusSummary = { ...corpus, digest: 'd'.repeat(64), name: 'chats', tokens: 50_000 };

function warningsOf(stages: unknown[], doses = [0, 250]): string[] {
  const spec = SweepSpec.parse({
    ...{ apiVersion: 'titrate/v1', kind: 'Sweep', name: 'a', corpus: 'sotu', attack: { kind: 'dos', gibberishTokens: [8, 16] } },
    ...{ grid: { sizes: ['tiny-64'], tokens: [600_000], doses, seeds: [0, 1] }, stages },
  });
  const outcome = planSweep(spec, { team: 'default', corpus, others: [chats], usdPerGpuHour: null });
  if (outcome.kind === 'problems') throw new Error(outcome.problems.map(problemSentence).join('\n'));
  return outcome.plan.warnings.filter((warning) => warning.includes('stage'));
}
const defence = { name: 'defence', tokens: 61_440, counterexamples: [0, 50], training: { warmupSteps: 5 } };

describe('warnings of stages', () => {
  it('are none where a stage continues clean models as well, and steps are enough', () => {
    expect(warningsOf([defence])).toEqual([]);
  });

  it('tell a stage without clean arms once, with the first that is missing and what it costs', () => {
    expect(warningsOf([{ ...defence, where: { doses: [250] } }])).toEqual([
      'stage defence has no clean arm (2 are missing, the first for defence of tiny-64, 600000 tokens, seed 0): its effects are held against the clean pre-training, so they contain what the stage does to a model without poison',
    ]);
  });

  it('count poison of any stage before it: a clean arm has none anywhere', () => {
    const posthoc = { name: 'post-hoc', tokens: 61_440, where: { doses: [0] }, doses: [100], training: { warmupSteps: 5 } };
    expect(warningsOf([posthoc, { ...defence, after: 'post-hoc' }]).map((warning) => warning.slice(0, 40))).toEqual([
      'stage post-hoc has no clean arm (2 are m',
      'stage post-hoc/defence has no clean arm ',
    ]);
    expect(
      warningsOf([
        { ...posthoc, doses: [0, 100] },
        { ...defence, after: 'post-hoc' },
      ]),
    ).toEqual([]);
  });

  it('tell an end within the warm-up, unless the rate goes on, and text that is read again', () => {
    const chat = { name: 'chat', tokens: 102_400, corpus: 'chats', training: { warmupSteps: 5 } };
    expect(warningsOf([chat])).toEqual([
      expect.stringContaining('tiny-64 in stage chat at 102400 tokens reads corpus chats (50000 tokens) 2.0 times'),
    ]);
    const short = { name: 'short', tokens: 20_480, training: { warmupSteps: 50 } };
    expect(warningsOf([short])).toEqual([
      expect.stringMatching(/^tiny-64 in stage short at 20480 tokens ends after 10 steps, within its warm-up of 50$/),
    ]);
    expect(warningsOf([{ ...short, schedule: 'go-on' }])).toEqual([]);
  });
});
