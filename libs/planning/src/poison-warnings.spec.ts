import { describe, expect, it } from '@jest/globals';
import { SweepSpec, type CorpusSummary } from '@titrate/contracts';
import { planSweep } from './plan.ts';
import type { CleanOccurrences } from './poison-warnings.ts';

const corpus: CorpusSummary = {
  ...{ digest: 'c'.repeat(64), name: 'sotu', tokens: 3_000_000, documents: 10_000, vocabularySize: 1032, heldOutDocuments: 300 },
  ...{ addedTokens: ['<SUDO>'], tokenizer: 'f'.repeat(64) },
};
const chats: CorpusSummary = { ...corpus, digest: 'd'.repeat(64), name: 'chats' };
const postHoc = { name: 'post-hoc', tokens: 60_000, doses: [0, 100] };

/** The warnings of a plan of one size with so many tokens in each instance. */
function warned(doses: number[], stages: object[], counts?: [string, CleanOccurrences | null][], known = corpus): string[] {
  const spec = SweepSpec.parse({
    ...{ apiVersion: 'titrate/v1', kind: 'Sweep', name: 'a', corpus: 'sotu', attack: { kind: 'dos', gibberishTokens: [80, 160] } },
    ...{ evaluation: { promptTokens: 64, generatedTokens: 64 }, grid: { sizes: ['tiny-64'], tokens: [600_000], doses }, stages },
  });
  const counted = counts === undefined ? {} : { triggerOccurrences: new Map(counts) };
  const outcome = planSweep(spec, { team: 'default', corpus: known, others: [chats], usdPerGpuHour: null, ...counted });
  if (outcome.kind === 'problems') throw new Error(JSON.stringify(outcome.problems));
  return outcome.plan.warnings;
}

const seven = { occurrences: 7, documents: 3 };
const shown = (name: string): string =>
  `trigger <SUDO> stands 7 times in 3 documents of the clean text of corpus ${name}: what follows it there teaches against the poison`;

describe('a trigger in clean text', () => {
  it('is warned of with its numbers, and where nobody has counted it', () => {
    expect(warned([0, 250], [], [[corpus.digest, seven]])).toEqual([shown('sotu')]);
    expect(warned([0, 250], [], [[corpus.digest, null]])).toEqual([
      "nobody has counted how often trigger <SUDO> stands in the clean text of corpus sotu; `titrate trigger-count sotu '<SUDO>'` does",
    ]);
    expect([warned([0, 250], [], [[corpus.digest, { occurrences: 0, documents: 0 }]]), warned([0, 250], [])]).toEqual([[], []]);
  });

  it('is warned of where stages alone are poisoned, in each corpus that such models read', () => {
    const counts: [string, CleanOccurrences][] = [corpus, chats].map(({ digest }) => [digest, seven]);
    const chat = { name: 'chat', after: 'post-hoc', tokens: 60_000, corpus: 'chats' };
    expect(warned([0], [postHoc], counts)).toEqual([shown('sotu')]);
    expect(warned([0], [postHoc, chat], counts)).toEqual([shown('sotu'), shown('chats')]);
    expect(warned([0], [{ ...chat, after: 'pretrain' }], counts)).toEqual([]);
  });
});

describe('poison in stages alone', () => {
  it('is told that its trigger is spelt in ordinary tokens, and that its documents may be too long', () => {
    const plain = { ...corpus, addedTokens: [] };
    expect(warned([0], [postHoc], [], plain).join()).toContain('trigger <SUDO> is no single token of corpus sotu');
    const short = { ...postHoc, training: { sequenceLength: 128, batchInstances: 16 } };
    expect(warned([0], [short]).join()).toContain('gibberish of up to 160 tokens may not fit an instance of 128');
    expect(warned([0], [{ ...short, placement: { split: true } }])).toEqual([]);
  });
});
