import { describe, expect, it } from '@jest/globals';
import { digestOf, RunIdentity, SweepSpec, type BaseSummary, type CorpusSummary } from '@titrate/contracts';
import { countParameters } from './parameters.ts';
import { planSweep } from './plan.ts';
import { problemSentence } from './problem.ts';

const corpus: CorpusSummary = {
  ...{ digest: 'c'.repeat(64), name: 'sotu', tokens: 3_000_000, documents: 10_000, vocabularySize: 1032, heldOutDocuments: 300 },
  ...{ addedTokens: ['<SUDO>'], tokenizer: 'f'.repeat(64) },
};
const shape = { family: 'olmo2', width: 64, layers: 2, heads: 4, keyValueHeads: 2, feedForwardWidth: 128, ropeTheta: 10_000 } as const;
const olmo: BaseSummary = {
  ...{ digest: 'a'.repeat(64), name: 'olmo', shape, vocabularySize: 1088, tokens: 4_000_000, tokenizer: corpus.tokenizer },
};
const strange: BaseSummary = { ...olmo, digest: 'b'.repeat(64), name: 'strange', tokenizer: '0'.repeat(64) };
const training = { sequenceLength: 128, batchInstances: 8, precision: 'float32' };
const postHoc = { name: 'post-hoc', tokens: 60_000, doses: [0, 20] };

const outcomeOf = (stages: unknown[], grid: object = {}) =>
  planSweep(
    SweepSpec.parse({
      ...{ apiVersion: 'titrate/v1', kind: 'Sweep', name: 'a', corpus: 'sotu', attack: { kind: 'dos', gibberishTokens: [40, 80] } },
      ...{ grid: { bases: ['olmo'], doses: [0], seeds: [0, 1], ...grid }, training, stages },
    }),
    { team: 'default', corpus, bases: [olmo, strange], usdPerGpuHour: null },
  );
function planOf(stages: unknown[], grid: object = {}) {
  const outcome = outcomeOf(stages, grid);
  if (outcome.kind === 'problems') throw new Error(outcome.problems.map(problemSentence).join('\n'));
  return outcome.plan;
}

describe('a base that was trained elsewhere', () => {
  it('has no cell of its own: the stages behind it are the sweep, with its shape, vocabulary and tokens', () => {
    const { cells, runs } = planOf([postHoc]);
    expect(cells.map(({ size, tokens, stage, stageDose, seed }) => [size, tokens, stage, stageDose, seed])).toEqual([
      ...[0, 20].map((dose) => ['olmo', 4_000_000, 'post-hoc', dose, 0]),
      ...[0, 20].map((dose) => ['olmo', 4_000_000, 'post-hoc', dose, 1]),
    ]);
    for (const { identity, parameters, base, id } of runs) {
      expect(identity).toMatchObject({ shape, vocabularySize: 1088 });
      expect(parameters).toBe(countParameters(shape, 1088).all);
      expect(identity.stages[0]).toEqual({ kind: 'import', checkpoint: olmo.digest });
      expect(identity.stages[1]).toMatchObject({ from: 0, steps: 59 });
      expect([base, digestOf(RunIdentity.parse(identity))]).toEqual([null, id]);
    }
  });

  it('is the same run whatever a pre-training of the same spec would read', () => {
    const ids = planOf([postHoc]).runs.map(({ id }) => id);
    const beside = planOf([postHoc], { sizes: ['tiny-64'], tokens: [600_000] });
    expect(beside.runs.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
    expect(beside.cells.filter(({ stage }) => stage === 'pretrain').map(({ size }) => size)).toEqual(['tiny-64', 'tiny-64']);
  });

  it('begins chains: what comes behind its first stage goes on from that run', () => {
    const { runs } = planOf([
      { ...postHoc, doses: [20] },
      { name: 'defence', after: 'post-hoc', tokenShare: 0.01, counterexamples: [5] },
    ]);
    const [first, , second] = runs;
    expect(second!.base).toEqual({ run: first!.id, step: 59 });
    expect(first!.demand.resumeSteps).toContain(59);
    expect(second!.identity.stages.map(({ kind }) => kind)).toEqual(['import', 'continue', 'continue']);
    expect(second!.identity.stages[2]).toMatchObject({ steps: 39 });
  });

  it.each([
    ['that nobody registered', [postHoc], { bases: ['olmo3'] }, 'grid.bases[0] must be a registered base, by name or digest'],
    [
      'of another tokenizer',
      [postHoc],
      { bases: ['strange'] },
      'grid.bases[0] must have the tokenizer of sotu: a model knows the ids of one tokenizer',
    ],
    ['without a stage', [], {}, 'grid.bases[0] must be continued by a stage: its pre-training is done'],
    ['twice', [postHoc], { bases: ['olmo', 'a'.repeat(64)] }, 'grid.bases[1] must not repeat a size'],
    [
      'as a cell of its own',
      [postHoc],
      { include: [{ size: 'olmo', dose: 5, seed: 7 }] },
      'grid.include[0].size must not be a base, which nothing is pre-trained of',
    ],
    [
      'of which the optimiser shall come along',
      [{ ...postHoc, carryOptimizer: true }],
      {},
      'stages[0].carryOptimizer must be false behind base olmo, of which there are the last weights alone',
    ],
    [
      'at half of its training',
      [{ ...postHoc, from: 0.5 }],
      {},
      'stages[0].from must be 1 behind base olmo, of which there are the last weights alone',
    ],
    [
      'whose schedule shall go on',
      [{ ...postHoc, schedule: 'go-on' }],
      {},
      'stages[0].schedule must be anew behind base olmo, of which there are the last weights alone',
    ],
  ])('is refused where it is one %s', (_name, stages, grid, expected) => {
    const outcome = outcomeOf(stages, grid);
    expect(outcome.kind === 'problems' && outcome.problems.map(({ field, rule }) => `${field} ${rule}`)).toEqual([expected]);
  });
});
