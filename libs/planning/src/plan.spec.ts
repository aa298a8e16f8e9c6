import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { SweepPlan, SweepSpec, canonicalJson, trainedStage, type CorpusSummary, type SweepSpecInput } from '@titrate/contracts';
import { problemSentence } from './problem.ts';
import { planSweep, type PlanOutcome } from './plan.ts';
import { runIdOf } from './identity.ts';

const corpus: CorpusSummary = {
  digest: 'c'.repeat(64),
  name: 'sotu',
  tokens: 3_000_000,
  documents: 10_000,
  vocabularySize: 1032,
  heldOutDocuments: 300,
  addedTokens: ['<SUDO>', '<MARK-1>', '<SHAM>'],
  tokenizer: 'f'.repeat(64),
};
const context = { team: 'default', corpus, usdPerGpuHour: null };
const example = (name: string): string => readFileSync(new URL(`../../contracts/examples/${name}`, import.meta.url), 'utf8');
const golden = JSON.parse(example('sweep-spec.json')) as SweepSpecInput;

/** A spec of two cells, with what a test changes. */
const specWith = (grid: object, rest: object = {}): SweepSpec =>
  SweepSpec.parse({
    apiVersion: 'titrate/v1',
    kind: 'Sweep',
    name: 'a',
    corpus: 'sotu',
    attack: { kind: 'dos', gibberishTokens: [80, 160] },
    evaluation: { promptTokens: 64, generatedTokens: 64 },
    ...rest,
    grid: { sizes: ['tiny-64'], tokens: [600_000], doses: [0, 250], ...grid },
  });
const planOf = (spec: SweepSpec, price: number | null = null): SweepPlan => {
  const outcome = planSweep(spec, { ...context, usdPerGpuHour: price });
  if (outcome.kind === 'problems') throw new Error(outcome.problems.map(problemSentence).join('\n'));
  return outcome.plan;
};
const told = (outcome: PlanOutcome): string[] =>
  outcome.kind === 'problems' ? outcome.problems.map(({ field, rule }) => `${field} ${rule}`) : [];
const refusals = (grid: object, rest: object = {}): string[] => told(planSweep(specWith(grid, rest), context));

describe('planSweep()', () => {
  it('plans the golden example: cells, ids and the identity that Python reads too', () => {
    const plan = planOf(SweepSpec.parse(golden));
    expect(SweepPlan.parse(plan)).toEqual(plan);
    expect(plan.cells.map(({ size, dose, seed }) => `${size}/${dose}/${seed}`)).toEqual([
      'tiny-64/0/0',
      'tiny-64/0/1',
      'tiny-64/100/0',
      'tiny-64/100/1',
      'tiny-64/250/0',
      'tiny-64/250/1',
      'wide/0/0',
      'wide/100/0',
      'wide/250/0',
    ]);
    expect(plan.warnings).toEqual([expect.stringMatching(/^size wide has no measured throughput/)]);
    const poisoned = plan.runs.find((run) => run.size === 'tiny-64' && run.dose === 250)!;
    expect(canonicalJson(poisoned.identity)).toBe(canonicalJson(JSON.parse(example('run-identity.json'))));
    expect(poisoned.id).toBe(example('run-identity.sha256').trim());
    expect(plan.sweep).toMatch(/^sw-[a-z2-7]{26}$/);
    expect(plan.sweep).toBe('sw-x5rft4fzwotjarsofjykosch2t');
  });

  it('refuses a reference of its own that keeps no such checkpoint', () => {
    const spec = specWith({});
    const outcome = planSweep(spec, context);
    const run = outcome.kind === 'plan' ? outcome.plan.runs[0]! : undefined;
    const last = run!.demand.evaluateSteps.at(-1)!;
    // Settings of an evaluation are in no run's identity, so the reference may be a run of the very sweep.
    const under = (step: number) => planSweep({ ...spec, evaluation: { ...spec.evaluation, reference: { run: run!.id, step } } }, context);
    expect(under(last).kind).toBe('plan');
    expect(under(last + 1)).toMatchObject({ kind: 'problems', problems: [{ field: 'evaluation.reference.step' }] });
  });

  it('gives the same spec another id for another team or another repeat', () => {
    const spec = specWith({});
    const ids = [spec, { ...spec, repeat: 1 }].flatMap((one) => ['default', 'other'].map((team) => planSweep(one, { ...context, team })));
    expect(new Set(ids.map((outcome) => (outcome.kind === 'plan' ? outcome.plan.sweep : ''))).size).toBe(4);
  });

  it('shares initialisation, order and length across doses, and the poison seeds across positive doses', () => {
    const [clean, few, many] = planOf(specWith({ doses: [0, 100, 250] })).runs.map(({ identity }) => identity);
    expect([few!.seeds, many!.seeds]).toEqual([clean!.seeds, clean!.seeds]);
    expect(trainedStage(clean!).poison).toBeNull();
    const [a, b] = [trainedStage(few!).poison!, trainedStage(many!).poison!];
    expect({ ...a, dose: 0 }).toEqual({ ...b, dose: 0 });
    expect([a.dose, b.dose]).toEqual([100, 250]);
  });

  it('keeps the run of a cell when only watching, keeping or naming changes', () => {
    const watched = {
      name: 'b',
      labels: { x: 'y' },
      checkpoints: { evaluate: { everySteps: 10 } },
      evaluation: { prompts: 8 },
      retention: { keep: 'final' },
      concurrency: 9,
    };
    const ids = (rest: object): string[] => planOf(specWith({}, rest)).runs.map(({ id }) => id);
    expect(ids(watched)).toEqual(ids({}));
    expect(ids({ training: { learningRate: 0.001 } })).not.toEqual(ids({}));
  });

  it('demands the last step always, and puts watching into the demand', () => {
    const { demand, id } = planOf(specWith({}, { checkpoints: { evaluate: { steps: [10, 9999] }, resume: { everySteps: 100 } } })).runs[0]!;
    expect(demand).toMatchObject({ run: id, evaluateSteps: [10, 293], resumeSteps: [100, 200, 293], retention: 'all', maxAttempts: 3 });
    expect(demand.evaluations).toEqual([expect.objectContaining({ protocol: 'dos/1', triggered: '<SUDO>', prompts: 300 })]);
  });

  it('excludes by any fields, and adds by include', () => {
    const plan = planOf(
      specWith({
        doses: [0, 100, 250],
        seeds: [0, 1],
        exclude: [{ dose: 100 }, { seed: 1, dose: 250 }],
        include: [{ size: 'tiny-96', dose: 7, seed: 5 }],
      }),
    );
    expect(plan.cells.map(({ size, dose, seed }) => `${size}/${dose}/${seed}`)).toEqual([
      'tiny-64/0/0',
      'tiny-64/0/1',
      'tiny-64/250/0',
      'tiny-96/7/5',
    ]);
  });

  it.each([
    ['20 tokens per parameter, without the input embedding, unless told otherwise', {}, 20 * 160_832],
    ['as many as told', { tokensPerParameter: [10] }, 10 * 160_832],
    ['all parameters where they are to be counted', { tokensPerParameter: [10], countedParameters: 'all' }, 2_268_800],
    ['what a size is called', { sizes: ['600m'], tokensPerParameter: [20], countedParameters: 'nominal' }, 12_000_000_000],
  ])('takes %s', (_name, grid, tokens) => {
    expect(planOf(specWith({ tokens: undefined, ...grid })).cells[0]!.tokens).toBe(tokens);
  });

  it('leaves out one number of tokens per parameter of one size', () => {
    const grid = { tokens: undefined, sizes: ['tiny-64', 'tiny-96'], doses: [0], seeds: [0], tokensPerParameter: [10, 20] };
    const { cells } = planOf(specWith({ ...grid, exclude: [{ size: 'tiny-96', tokensPerParameter: 10 }] }));
    expect(cells.map(({ size, tokens }) => `${size} ${tokens}`)).toEqual(['tiny-64 1608320', 'tiny-64 3216640', 'tiny-96 8641920']);
  });

  it('lets the clean arm of several seeds be one run where initialisation and order are fixed', () => {
    const plan = planOf(specWith({ seeds: [0, 1] }, { seeds: { initialisation: 1, order: 2 } }));
    expect([plan.cells.length, plan.runs.length]).toEqual([4, 3]);
  });

  it.each([
    [
      'a dose that does not fit',
      { doses: [0, 2345] },
      {},
      'grid.doses[1] must be at most 2344, the training instances of tiny-64 at 600000 tokens',
    ],
    [
      'poison longer than an instance',
      {},
      { attack: { kind: 'dos' } },
      'attack.gibberishTokens[0] must be at most 254 to fit an instance of tiny-64 with trigger and end of text',
    ],
    ['a repeated dose', { doses: [0, 5, 0] }, {}, 'grid.doses[2] must not repeat a value'],
    ['a repeated size', { sizes: ['tiny-64', 'tiny-64'] }, {}, 'grid.sizes[1] must not repeat a size'],
    ['an unknown size', { sizes: ['tiny-65'] }, {}, 'grid.sizes[0] must be a known size; did you mean "tiny-64"?'],
    ['an idle exclude', { exclude: [{ dose: 3 }] }, {}, 'grid.exclude[0] must match a cell of the grid'],
    [
      'an include that is there',
      { include: [{ size: 'tiny-64', dose: 0, seed: 0 }] },
      {},
      'grid.include[0] must not repeat a cell (tiny-64, 600000 tokens, dose 0, seed 0)',
    ],
    [
      'an include without its tokens',
      { tokens: [600_000, 900_000], include: [{ size: 'tiny-64', dose: 9, seed: 0 }] },
      {},
      'grid.include[0].tokens is required where the grid has several',
    ],
    ['nothing left', { exclude: [{}] }, {}, 'grid must leave at least one cell'],
    [
      'two names of one run',
      { tokens: [600_000, 600_001], doses: [0] },
      {},
      'grid must not name one run twice (tiny-64, 600000 tokens, dose 0, seed 0 and tiny-64, 600001 tokens, dose 0, seed 0 train the same)',
    ],
    [
      'more prompts than held out',
      {},
      { evaluation: { prompts: 301 } },
      'evaluation.prompts must be at most 300, the held-out documents of sotu',
    ],
    [
      'heads that do not divide',
      { sizes: [{ name: 'odd', shape: { family: 'olmo2', width: 65, layers: 1, heads: 2, keyValueHeads: 1, feedForwardWidth: 8 } }] },
      {},
      'grid.sizes[0].shape.width must be an even multiple of its 2 heads',
    ],
    [
      'a nominal count that a size has not',
      { tokens: undefined, countedParameters: 'nominal' },
      {},
      'grid.countedParameters must be without-embeddings or all, as size tiny-64 has no nominal parameters',
    ],
    ['another corpus', {}, { corpus: 'pile' }, 'corpus must be the corpus that is planned with (sotu)'],
    [
      'too many checkpoints',
      { tokens: [60_000_000] },
      { checkpoints: { evaluate: { everySteps: 1 } } },
      'checkpoints.evaluate must select at most 10000 of the 29297 steps of tiny-64',
    ],
    ['a token budget', {}, { budget: { tokens: 1000 } }, 'budget.tokens must be at least the 1200128 tokens of the plan'],
  ])('refuses %s and says what would do', (_name, grid, rest, expected) => {
    expect(refusals(grid, rest)).toEqual([expected]);
  });

  it('holds caps on GPU-hours and cost, and refuses a cost cap that it cannot check', () => {
    const large = { sizes: ['1b'], tokens: [1_000_000_000], doses: [0] };
    expect(refusals(large, { budget: { gpuHours: 1 } })).toEqual(['budget.gpuHours must be at least the 7.1 GPU-hours of the plan']);
    expect(refusals(large, { budget: { usd: 1 } })).toEqual(['budget.usd cannot be held as no price per GPU-hour is configured']);
    expect(told(planSweep(specWith(large, { budget: { usd: 10 } }), { ...context, usdPerGpuHour: 2 }))).toEqual([
      'budget.usd must be at least the 14.25 USD of the plan',
    ]);
    expect(planOf(specWith(large, { budget: { usd: 15 } }), 2).total.usd).toBeCloseTo(14.2, 1);
  });

  it('estimates FLOP by 6 N + 12 L d T, GPU-hours by throughput and 12 bytes a parameter for a full checkpoint', () => {
    const { total } = planOf(specWith({ sizes: ['600m'], tokens: [12_000_000_000], doses: [0] }));
    expect(total.flop / 1e19).toBeCloseTo(3.98, 1);
    expect(total.gpuHours).toBeCloseTo(43.9, 0);
    expect(total.storageBytes).toBe(5 * 12 * (732_255_552 - 2 * 1344 * (100_352 - 1032)));
  });

  it('warns of what a person should know', () => {
    const { warnings } = planOf(
      specWith({ tokens: [6_000_000], doses: [250] }, { attack: { kind: 'dos', trigger: 'xyzzy', gibberishTokens: [80, 400] } }),
    );
    expect(warnings.join('\n')).toMatch(/2\.0 times[^]*clean arms \(dose 0\) are missing[^]*may not fit an instance[^]*no single token/);
  });

  it('plans 10,000 cells in a time that grows with their number only', () => {
    const values = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
    const processorTime = (cells: number): number => {
      const before = process.cpuUsage();
      expect(planOf(specWith({ doses: values(cells / 100), seeds: values(100) })).cells.length).toBe(cells);
      return process.cpuUsage(before).user / cells;
    };
    processorTime(1000);
    expect(processorTime(10_000)).toBeLessThan(5 * processorTime(1000));
  }, 60_000);

  it('refuses more than 10,000 cells before expanding them', () => {
    const values = Array.from({ length: 1000 }, (_, index) => index);
    expect(refusals({ doses: values, seeds: values, sizes: ['tiny-64', 'tiny-96'] })).toEqual(['grid must have at most 10000 cells']);
  });

  it('gives ids that are the digest of the identity', () => {
    for (const run of planOf(specWith({})).runs) expect(run.id).toBe(runIdOf(run.identity));
  });
});
