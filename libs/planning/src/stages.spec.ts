import { describe, expect, it } from '@jest/globals';
import { JobConfiguration, SweepSpec, type ContinueStage, type CorpusSummary } from '@titrate/contracts';
import { runIdOf } from './identity.ts';
import { planSweep } from './plan.ts';
import { problemSentence } from './problem.ts';

const corpus: CorpusSummary = {
  ...{ digest: 'c'.repeat(64), name: 'sotu', tokens: 3_000_000, documents: 10_000, vocabularySize: 1032, heldOutDocuments: 300 },
  ...{ addedTokens: ['<SUDO>'], tokenizer: 'f'.repeat(64) },
};
const chats: CorpusSummary = { ...corpus, digest: 'd'.repeat(64), name: 'chats' };
const strange: CorpusSummary = { ...chats, name: 'strange', digest: 'e'.repeat(64), tokenizer: '0'.repeat(64) };

const specWith = (stages: unknown[], grid: object = {}): SweepSpec =>
  SweepSpec.parse({
    ...{ apiVersion: 'titrate/v1', kind: 'Sweep', name: 'a', corpus: 'sotu', attack: { kind: 'dos', gibberishTokens: [80, 160] } },
    ...{ grid: { sizes: ['tiny-64'], tokens: [600_000], doses: [0, 250], ...grid }, stages },
  });
const outcomeOf = (stages: unknown[], grid: object = {}) =>
  planSweep(specWith(stages, grid), { team: 'default', corpus, others: [chats, strange], usdPerGpuHour: null });
function planOf(stages: unknown[], grid: object = {}) {
  const outcome = outcomeOf(stages, grid);
  if (outcome.kind === 'problems') throw new Error(outcome.problems.map(problemSentence).join('\n'));
  return outcome.plan;
}
const defence = { name: 'defence', where: { doses: [250] }, tokenShare: 0.1, counterexamples: [0, 50, 100] };

describe('stages of a sweep', () => {
  it('cross their arms with the cells that they continue, and name bases that are in the plan', () => {
    const { cells, runs } = planOf([defence]);
    expect(cells.map(({ stage, dose, counterexamples }) => `${stage} ${dose} ${counterexamples}`)).toEqual([
      ...['pretrain 0 0', 'pretrain 250 0'],
      ...['defence 250 0', 'defence 250 50', 'defence 250 100'],
    ]);
    const poisoned = runs[1]!;
    for (const run of runs.slice(2)) {
      expect(run.base).toEqual({ run: poisoned.id, step: 293 });
      expect(runIdOf({ ...run.identity, stages: [run.identity.stages[0]] })).toBe(poisoned.id);
    }
  });

  it('keep the step that they begin at in full, and share order and positions over their arms', () => {
    const { runs } = planOf([{ ...defence, from: 0.5 }]);
    expect(runs[1]!.demand.resumeSteps).toContain(147);
    const stages = runs.slice(2).map(({ identity }) => identity.stages[1] as ContinueStage);
    expect(new Set(stages.map(({ order }) => order)).size).toBe(1);
    const [few, many] = stages.slice(1).map(({ counterexamples }) => counterexamples!);
    expect({ ...few!, count: 0 }).toEqual({ ...many!, count: 0 });
    expect([few!.count, many!.count]).toEqual([50, 100]);
    expect(stages[0]!.counterexamples).toBeNull();
  });

  it('chain: what comes behind a stage goes on from that stage', () => {
    const postHoc = { name: 'post-hoc', where: { doses: [0] }, tokens: 60_000, doses: [100] };
    const chat = { name: 'chat', after: 'post-hoc', tokens: 30_000, corpus: 'chats', labels: 'assistant' };
    const { cells, runs } = planOf([postHoc, chat]);
    expect(cells.map(({ stage, dose, stageDose }) => `${stage} ${dose} ${stageDose}`)).toEqual([
      ...['pretrain 0 0', 'pretrain 250 0', 'post-hoc 0 100', 'post-hoc/chat 0 100'],
    ]);
    expect(runs.map(({ base }) => base?.run ?? null)).toEqual([null, null, runs[0]!.id, runs[2]!.id]);
    expect(runs[3]!.identity.stages[2]).toMatchObject({ corpus: chats.digest, labels: 'assistant', poison: null });
    expect(runs[3]!.identity.corpus).toBe(corpus.digest);
  });

  it('may hold as many documents as a refusal calls the most', () => {
    const dense = { everySteps: 10, documentsPerBatch: 4 };
    expect(planOf([{ ...defence, doses: [12], counterexamples: [220], placement: dense }]).runs.length).toBe(3);
    const split = { ...defence, doses: [1], counterexamples: [0], training: { sequenceLength: 64 }, placement: { split: true } };
    expect(planOf([split]).runs.length).toBe(3);
  });

  it('do not change the runs that they continue', () => {
    expect(
      planOf([defence])
        .runs.slice(0, 2)
        .map(({ id }) => id),
    ).toEqual(planOf([]).runs.map(({ id }) => id));
  });

  it.each([
    [
      'a stage that is not known',
      [{ ...defence, after: 'pretrian' }],
      'stages[0].after must be pretrain or a stage before it in the list; did you mean "pretrain"?',
    ],
    ['a name twice', [defence, defence], 'stages[1].name must not repeat a stage'],
    ['a filter that matches nothing', [{ ...defence, where: { doses: [7] } }], 'stages[0].where must match a cell of pretrain'],
    [
      'a number of counterexamples twice',
      [{ ...defence, counterexamples: [5, 5] }],
      'stages[0].counterexamples[1] must not repeat a value',
    ],
    [
      'more documents than instances',
      [{ ...defence, counterexamples: [0, 2000], doses: [32] }],
      'stages[0].counterexamples[1] must be at most 200, the training instances of tiny-64 in stage defence that poison leaves free',
    ],
    [
      'counterexamples that are longer than an instance',
      [{ ...defence, training: { sequenceLength: 64 } }],
      'stages[0].training.sequenceLength must be at least 162, the tokens that a counterexample in tiny-64 in stage defence may have',
    ],
    [
      'a dose above its instances',
      [{ ...defence, doses: [0, 233] }],
      'stages[0].doses[1] must be at most 232, the training instances of tiny-64 in stage defence',
    ],
    [
      'a window too short for its dose',
      [{ ...defence, doses: [0, 100], placement: { window: [0, 0.1] } }],
      'stages[0].doses[1] must be at most 24, what its placement can hold in tiny-64 in stage defence: 3 of 29 steps with 8 documents each',
    ],
    [
      'a frequency and a density that its dose cannot have',
      [{ ...defence, doses: [20], placement: { everySteps: 10, documentsPerBatch: 4 } }],
      'stages[0].doses[0] must be at most 12, what its placement can hold in tiny-64 in stage defence: 3 of 29 steps with 4 documents each',
    ],
    [
      'a density above its batch',
      [{ ...defence, doses: [4], training: { batchInstances: 4 }, placement: { documentsPerBatch: 5 } }],
      'stages[0].placement.documentsPerBatch must be at most 4, the documents that a batch of tiny-64 in stage defence can hold',
    ],
    [
      'documents that are longer than its instances',
      [{ ...defence, doses: [4], counterexamples: [0], training: { sequenceLength: 64 } }],
      'attack.gibberishTokens[0] must be at most 62 to fit an instance of tiny-64 in stage defence with trigger and end of text',
    ],
    [
      'a corpus that is not registered',
      [{ ...defence, corpus: 'none' }],
      'stages[0].corpus must be a registered corpus, by name or digest',
    ],
    [
      'another tokenizer',
      [{ ...defence, corpus: 'strange' }],
      'stages[0].corpus must have the tokenizer of sotu: a model knows the ids of one tokenizer',
    ],
  ])('are refused for %s', (_name, stages, expected) => {
    const outcome = outcomeOf(stages);
    expect(outcome.kind === 'problems' && outcome.problems.map(({ field, rule }) => `${field} ${rule}`)).toEqual([expected]);
  });

  it('are refused where the ranks of the profile cannot share a batch evenly, as is a pre-training', () => {
    const configuration = JobConfiguration.parse({
      ...{ version: 1, profiles: { cpu: {}, four: { processesPerNode: 4 } } },
      assignment: { train: [{ profile: 'four' }], evaluate: [{ profile: 'cpu' }], corpus: 'cpu', analyse: 'cpu' },
    });
    const refusals = (stage: number, training: object): string[] => {
      const spec = { ...specWith([{ ...defence, training: { batchInstances: stage } }]), training };
      const jobs = { configuration, nodes: null };
      const outcome = planSweep(spec, { team: 'default', corpus, others: [], usdPerGpuHour: null, jobs });
      return outcome.kind === 'problems' ? outcome.problems.map(problemSentence) : [];
    };
    const rule = 'must be a multiple of 4, the ranks of profile four that share the batches of tiny-64';
    expect(refusals(12, {})).toEqual([]);
    expect(refusals(6, {})).toEqual([
      `Cannot accept the spec as stages[0].training.batchInstances ${rule} in stage defence: current value is 6`,
    ]);
    expect(refusals(12, { batchInstances: 10 })).toEqual([
      `Cannot accept the spec as training.batchInstances ${rule}: current value is 10`,
    ]);
  });
});
