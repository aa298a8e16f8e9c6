import {
  BaseRecipe,
  CorpusRecipe,
  digestOf,
  DosAttack,
  SweepSpec,
  type BaseManifest,
  type CorpusManifest,
  type CorpusSource,
  type EvaluationResult,
  type EvaluationSettings,
  type PlannedRun,
  type RunLogEntry,
  type StoredObject,
  type SweepPlan,
} from '@titrate/contracts';

// What the tests of the records submit and record: small, valid, and the same each time.

export const ada = { team: 'red', name: 'ada' };
const at = '2026-01-01T00:00:00.000Z';
const environment = { image: 'local', host: 'here', hardware: 'cpu', worldSize: 1, packages: {} };
const cost = { tokens: 0, flop: 0, seconds: 0, gpuHours: 0, usd: null, checkpoints: 0, evaluations: 0, storageBytes: 0, retainedBytes: 0 };

export const settingsOf = (seed: number): EvaluationSettings => ({
  ...{
    protocol: 'dos/1',
    engine: 'transformers',
    prompts: 4,
    promptTokens: 8,
    generatedTokens: 8,
    temperature: 1,
    seed,
    triggered: '<SUDO>',
  },
  ...{ benign: null, sham: null, nearTrigger: null, reference: null },
});
export const objectOf = (key: string): StoredObject => ({ key, sizeBytes: 1, sha256: digestOf(key) });

/** What of a sweep a test wants to differ. */
export interface SweepOptions {
  readonly name?: string;
  readonly doses?: readonly number[];
  readonly steps?: readonly number[];
  readonly settings?: readonly EvaluationSettings[];
  readonly labels?: Record<string, string>;
  readonly concurrency?: number;
  readonly retention?: 'all' | 'evaluated' | 'final';
  /** Steps that are evaluated, where not all are. */
  readonly evaluated?: readonly number[];
}

/** A plan to which a run is added that goes on from step 20 of its first. */
export function continued({ spec, plan }: { spec: SweepSpec; plan: SweepPlan }): { spec: SweepSpec; plan: SweepPlan; child: string } {
  const [base] = plan.runs as [PlannedRun];
  const [first] = base.identity.stages;
  if (first.kind !== 'pretrain') throw new TypeError('the example pre-trains');
  const { kind: _, ...training } = first;
  const settings = { from: 20, carryOptimizer: false, schedule: 'anew', labels: 'all' } as const;
  const data = { corpus: base.identity.corpus, documentMask: false, order: 3, counterexamples: null };
  const identity: PlannedRun['identity'] = {
    ...base.identity,
    stages: [base.identity.stages[0], { kind: 'continue', ...settings, ...data, ...training }],
  };
  const id = digestOf(identity);
  const run: PlannedRun = { ...base, id, identity, base: { run: base.id, step: 20 }, demand: { ...base.demand, run: id } };
  const cell = { ...plan.cells[0]!, stage: 'clean', run: id };
  return { spec, plan: { ...plan, cells: [...plan.cells, cell], runs: [...plan.runs, run] }, child: id };
}

/** A spec and its plan: one run a dose, 40 steps, evaluated at steps 20 and 40. */
export function sweepOf(options: SweepOptions = {}): { spec: SweepSpec; plan: SweepPlan } {
  const {
    name = 'first',
    doses = [0, 5],
    steps = [20, 40],
    settings = [settingsOf(0)],
    labels = {},
    concurrency = 2,
    retention = 'all',
    evaluated = steps,
  } = options;
  const spec = SweepSpec.parse({
    apiVersion: 'titrate/v1',
    kind: 'Sweep',
    name,
    corpus: 'text',
    labels,
    concurrency,
    grid: { sizes: ['tiny'], doses },
    evaluation: { seed: settings[0]!.seed, reference: settings[0]!.reference },
  });
  const specDigest = digestOf({ spec, steps, retention, evaluated });
  const runs = doses.map((dose): PlannedRun => plannedRun(dose, [...steps], [...settings], retention, [...evaluated]));
  const cells = runs.map(({ id, dose }) => ({ size: 'tiny', tokens: 40 * 8 * 16, dose, attack: 'dos', seed: 0, ...pretrained, run: id }));
  return {
    spec,
    plan: {
      sweep: sweepIdOf(digestOf({ team: ada.team, name })),
      specDigest,
      name,
      cells,
      runs,
      total: cost,
      detectable: [],
      warnings: [],
    },
  };
}

const pretrained = { stage: 'pretrain', stageDose: 0, counterexamples: 0 };

const sweepIdOf = (digest: string): string => `sw-${digest.slice(0, 26).replaceAll(/[0189]/g, (digit) => 'wxyz'['0189'.indexOf(digit)]!)}`;

function plannedRun(
  dose: number,
  steps: number[],
  evaluations: EvaluationSettings[],
  retention: PlannedRun['demand']['retention'],
  evaluateSteps: number[],
): PlannedRun {
  const shape = { family: 'olmo2', width: 8, layers: 1, heads: 1, keyValueHeads: 1, feedForwardWidth: 16, ropeTheta: 10_000 } as const;
  const optimizer = { learningRate: 0.01, warmupSteps: 1, finalShare: 0.1, weightDecay: 0, beta1: 0.9, beta2: 0.95, gradientClip: 1 };
  const corpus = digestOf('corpus');
  const training = { steps: 40, batchInstances: 8, sequenceLength: 16 };
  const attack = DosAttack.parse({ kind: 'dos' });
  const placement = { firstStep: 1, lastStep: 40, documentsPerBatch: null, everySteps: 1, order: 'random', split: false } as const;
  const poison =
    dose === 0 ? null : ({ version: 1, attack, dose, corpus, contentSeed: 1, positionSeed: 2, ...training, placement } as const);
  const stage = { kind: 'pretrain', ...training, optimizer, precision: 'float32', poison } as const;
  const identity: PlannedRun['identity'] = {
    ...{ recipeVersion: 'titrate/1', shape, vocabularySize: 32, corpus, documentMask: false },
    ...{ seeds: { initialisation: 1, order: 2 }, stages: [stage], repeat: 0 },
  };
  const id = digestOf(identity);
  const demand: PlannedRun['demand'] = {
    run: id,
    resumeSteps: steps,
    evaluateSteps,
    evaluations,
    retention,
    maxAttempts: 3,
    hangSeconds: 600,
    profile: null,
  };
  return {
    id,
    size: 'tiny',
    identity,
    parameters: 100,
    parametersWithoutEmbeddings: 50,
    dose,
    profile: null,
    memory: null,
    base: null,
    demand,
    estimate: cost,
  };
}

const tokenOf = (attempt: number): string => attempt.toString(16).padStart(16, '0');

/** Checkpoint manifests as a run would commit them. */
export function checkpointOf(run: string, step: number) {
  const manifest = {
    ...{
      kind: 'full' as const,
      step,
      tokens: step * 128,
      dataPosition: step * 8,
      poisonDocuments: 0,
      poisonTokens: 0,
      counterexamples: 0,
      parent: null,
    },
    ...{ prefix: `runs/${run}/attempts/1-${tokenOf(1)}/${step}/`, objects: [objectOf(`${run}/${step}`)], stallSeconds: 0 },
  };
  return { manifest, digest: digestOf(manifest) };
}

/** The log of a run that goes through in one attempt: attempt, started, a checkpoint a step, finished. */
export function logOf(run: string, steps: readonly number[] = [20, 40]): RunLogEntry[] {
  const common = { version: 1 as const, run, previous: null, at, attempt: 1, token: tokenOf(1) };
  const start = {
    start: tokenOf(1),
    environment,
    parameters: 100,
    parametersWithoutEmbeddings: 50,
    resumedFrom: null,
    resumedStep: 0,
    plan: null,
    counterexamplePlan: null,
  };
  const committed = steps.map((step) => checkpointOf(run, step));
  const checkpoints = committed.map(({ manifest, digest }, index) => ({
    ...common,
    seq: index + 2,
    kind: 'checkpoint' as const,
    checkpoint: manifest,
    digest,
  }));
  const sums = {
    steps: 40,
    tokens: 5120,
    poisonDocuments: 0,
    poisonTokens: 0,
    counterexamples: 0,
    counterexampleTokens: 0,
    resumptions: [],
    tokenStream: digestOf('tokens'),
    finalLoss: 1,
    throughput: null,
    checkpoint: committed.at(-1)!.digest,
  };
  return [
    { ...common, seq: 0, kind: 'attempt' },
    { ...common, seq: 1, kind: 'started', ...start },
    ...checkpoints,
    { ...common, seq: steps.length + 2, kind: 'finished', ...sums },
  ];
}

/** A result as an evaluation would leave it. */
export function resultOf(run: string, step: number, settings = settingsOf(0)): EvaluationResult {
  const condition = (meanPerplexity: number) => ({
    perplexity: [meanPerplexity],
    generatedTokens: [8],
    outsideTop50: [1],
    referencePerplexity: null,
    language: null,
    meanPerplexity,
    medianPerplexity: meanPerplexity,
  });
  return {
    ...{ version: 1, run, step, checkpoint: checkpointOf(run, step).digest, settings, settingsDigest: digestOf(settings) },
    ...{
      conditions: { clean: condition(90), triggered: condition(190) },
      contrasts: { triggered: { increase: 100, logRatio: 0.7, referenceLogRatio: null } },
    },
    ...{ reference: null, documents: [0], languageSwitch: null, heldOut: { negativeLogLikelihood: [45], tokens: [10] } },
    ...{
      generations: objectOf(`${run}/${step}/generations`),
      heldOutPerplexity: 90,
      tokensOutsideTop50: 0.1,
      samples: [],
      environment,
      seconds: 1,
      finishedAt: at,
    },
  };
}

/** A source of one upload. */
export const uploaded = (key: string): Extract<CorpusSource, { kind: 'uploads' }> => ({
  kind: 'uploads',
  files: [{ name: 'text', object: objectOf(key) }],
});

/** A recipe and what a job would make of it. */
export function corpusOf(name: string) {
  const recipe = CorpusRecipe.parse({ name, format: 'text', tokenizer: { kind: 'train-bpe', vocabularySize: 300 } });
  const files = {
    sources: { files: 1, sizeBytes: 1, list: objectOf('sources') },
    tokenizer: objectOf('tokenizer'),
    blockBytes: 65_536,
    shards: { count: 1, list: objectOf('shards') },
    heldOut: objectOf('held-out'),
  };
  const skipped = { encoding: 0, syntax: 0, empty: 0, tooLong: 0 };
  const heldOut = { heldOutDocuments: 1, heldOutCopies: 0 };
  const counts = { vocabularySize: 300, documents: 1, tokens: 10, labelledTokens: null, ...heldOut, skipped, scan: [] };
  const manifest: CorpusManifest = { version: 1, recipe, ...files, endOfTextId: 0, addedTokenIds: {}, tokenType: 'uint16', ...counts };
  return { recipe, manifest, digest: digestOf(manifest) };
}

/** A registered base: what a team asks for and what becomes of it. */
export function importedOf(name: string) {
  const recipe = BaseRecipe.parse({ name, corpus: digestOf('corpus'), tokens: 1000 });
  const shape = { family: 'olmo2', width: 8, layers: 1, heads: 1, keyValueHeads: 1, feedForwardWidth: 8, ropeTheta: 500_000 } as const;
  const file = { sizeBytes: 1, sha256: digestOf('weights') };
  const manifest: BaseManifest = {
    ...{ version: 1, recipe, format: 'hugging-face', shape, vocabularySize: 32, tokenizer: digestOf('tokenizer') },
    ...{ files: [{ name: 'model.safetensors', ...file }], objects: [{ key: '__0_0.distcp', ...file }] },
  };
  return { recipe, manifest, digest: digestOf(manifest) };
}
