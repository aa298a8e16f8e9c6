import {
  digestOf,
  type Cell,
  type CorpusSummary,
  type Demand,
  type Estimate,
  type EvaluationSettings,
  type PlannedRun,
  type SweepPlan,
  type SweepSpec,
} from '@titrate/contracts';
import { expandGrid, pointInWords, stepsFor, type GridPoint } from './cells.ts';
import { evaluationSettingsOf, selectSteps } from './demand.ts';
import { estimateRun, sumEstimates } from './estimate.ts';
import { misfits } from './fit.ts';
import { identify, runIdOf } from './identity.ts';
import { problem, type SpecProblem } from './problem.ts';
import { profileProblems, type JobContext } from './profile-checks.ts';
import { assignedProfile } from './profile-of.ts';
import { deriveSeeds } from './seeds.ts';
import { resolveSizes } from './size-table.ts';
import { sweepIdOf } from './sweep-id.ts';
import { warningsOf } from './warnings.ts';

/** What planning must know beside the spec. */
export interface PlanContext {
  readonly team: string;
  /** The corpus that the spec names. */
  readonly corpus: CorpusSummary;
  /** Price of one GPU for one hour, or null where none is configured. */
  readonly usdPerGpuHour: number | null;
  /** How jobs will run; without it, as offline, no profile is checked or shown. */
  readonly jobs?: JobContext;
}

/** What a spec stands for, or everything that is wrong with it. */
export type PlanOutcome =
  { readonly kind: 'plan'; readonly plan: SweepPlan } | { readonly kind: 'problems'; readonly problems: SpecProblem[] };

/**
 * Plans a sweep: its cells, its runs with their ids and demands, what it costs, and what to know before starting it.
 * Pure: the same spec, team and corpus give the same plan everywhere. Starts nothing.
 */
export function planSweep(spec: SweepSpec, context: PlanContext): PlanOutcome {
  const { corpus } = context;
  if (spec.corpus !== corpus.name && spec.corpus !== corpus.digest)
    return refused([problem('corpus', `must be the corpus that is planned with (${corpus.name})`, spec.corpus)]);
  const { sizes, problems } = resolveSizes(spec, corpus.vocabularySize);
  if (problems.length > 0) return refused(problems);
  const expanded = expandGrid(spec.grid, sizes);
  if (expanded.problems.length > 0) return refused(expanded.problems);
  const unfit = [...misfits(spec, corpus, expanded.points), ...profileMisfits(spec, context, expanded.points)];
  return unfit.length > 0 ? refused(unfit) : planPoints(spec, context, expanded.points);
}

function profileMisfits(spec: SweepSpec, { jobs }: PlanContext, points: readonly GridPoint[]): SpecProblem[] {
  if (jobs === undefined) return [];
  const sizes = new Map(points.map(({ size }) => [size.name, { name: size.name, parameters: size.parameters.all }]));
  return profileProblems(spec.profile, [...sizes.values()], jobs);
}

function planPoints(spec: SweepSpec, context: PlanContext, points: readonly GridPoint[]): PlanOutcome {
  const planned = runPlanner(spec, context);
  const runs = new Map<string, { run: PlannedRun; point: GridPoint }>();
  const doubled: SpecProblem[] = [];
  const cells = points.map((point): Cell => {
    const run = planned(point);
    const known = runs.get(run.id);
    if (known && !sharesCleanArm(known.point, point)) doubled.push(sameRun(known.point, point));
    if (!known) runs.set(run.id, { run, point });
    return { size: point.size.name, tokens: point.tokens, dose: point.dose, attack: spec.attack.kind, seed: point.seed, run: run.id };
  });
  const distinct = [...runs.values()].map(({ run }) => run);
  const total = sumEstimates(distinct.map(({ estimate }) => estimate));
  const problems = [...doubled, ...overBudget(spec.budget, total)];
  if (problems.length > 0) return refused(problems);
  const head = { sweep: sweepIdOf(spec, context.team), specDigest: digestOf(spec), name: spec.name };
  return { kind: 'plan', plan: { ...head, cells, runs: distinct, total, warnings: warningsOf(spec, context.corpus, points) } };
}

/** With initialisation and order fixed, the clean arms of all seeds are one run; that is meant, and it is trained once. */
function sharesCleanArm(one: GridPoint, other: GridPoint): boolean {
  return one.dose === 0 && other.dose === 0 && one.seed !== other.seed && one.size.name === other.size.name && one.tokens === other.tokens;
}

const sameRun = (one: GridPoint, other: GridPoint): SpecProblem =>
  problem('grid', `must not name one run twice (${pointInWords(one)} and ${pointInWords(other)} train the same)`, pointInWords(other));

/** Plans one point after another; what points of one size and length share is computed once. */
function runPlanner(spec: SweepSpec, { corpus, usdPerGpuHour, jobs }: PlanContext): (point: GridPoint) => PlannedRun {
  const settings = evaluationSettingsOf(spec);
  const shared = remembered(
    ({ size, tokens }: GridPoint) => lengthOf(spec, size, tokens, usdPerGpuHour, profileFor(spec, size, jobs)),
    ({ size, tokens }) => `${size.name} ${tokens}`,
  );
  const seeds = remembered(
    ({ seed }: GridPoint) => deriveSeeds(seed, spec.seeds),
    ({ seed }) => String(seed),
  );
  return (point) => {
    const { size, dose } = point;
    const { steps, demand, estimate, profile } = shared(point);
    const { shape, training, parameters } = size;
    const { vocabularySize, digest } = corpus;
    const identity = identify({
      shape,
      training,
      vocabularySize,
      corpus: digest,
      attack: spec.attack,
      dose,
      steps,
      seeds: seeds(point),
      repeat: spec.repeat,
    });
    const id = runIdOf(identity);
    const counted = { parameters: parameters.all, parametersWithoutEmbeddings: parameters.withoutEmbeddings };
    return {
      id,
      size: size.name,
      identity,
      ...counted,
      dose,
      profile,
      demand: { run: id, ...demand, evaluations: [settings] as EvaluationSettings[] },
      estimate,
    };
  };
}

interface Length {
  readonly steps: number;
  readonly demand: Omit<Demand, 'run' | 'evaluations'>;
  readonly estimate: Estimate;
  readonly profile: PlannedRun['profile'];
}

/** The profile of a size's training jobs and the GPUs of one of them; null where nobody told how jobs run. */
function profileFor(spec: SweepSpec, { parameters }: GridPoint['size'], jobs: JobContext | undefined): PlannedRun['profile'] {
  if (jobs === undefined) return null;
  const { configuration } = jobs;
  const name = spec.profile ?? assignedProfile(configuration, 'train', parameters.all);
  const profile = name === null ? undefined : configuration.profiles[name];
  return name === null || profile === undefined ? null : { name, gpus: profile.nodes * profile.gpusPerNode };
}

function lengthOf(
  spec: SweepSpec,
  size: GridPoint['size'],
  tokens: number,
  usdPerGpuHour: number | null,
  profile: PlannedRun['profile'],
): Length {
  const { training, shape, throughput } = size;
  const steps = stepsFor(tokens, training);
  const demand = {
    resumeSteps: selectSteps(spec.checkpoints.resume, steps),
    evaluateSteps: selectSteps(spec.checkpoints.evaluate, steps),
    retention: spec.retention.keep,
    maxAttempts: spec.maxAttempts,
    hangSeconds: spec.hangSeconds,
    profile: spec.profile ?? null,
  };
  const consumed = steps * training.batchInstances * training.sequenceLength;
  const estimate = estimateRun({
    shape,
    parameters: size.parameters.all,
    sequenceLength: training.sequenceLength,
    tokens: consumed,
    demand,
    throughput,
    gpus: profile?.gpus ?? 0,
    usdPerGpuHour,
  });
  return { steps, demand, estimate, profile };
}

function overBudget(budget: SweepSpec['budget'], total: Estimate): SpecProblem[] {
  const problems: SpecProblem[] = [];
  if (budget.tokens !== undefined && total.tokens > budget.tokens)
    problems.push(problem('budget.tokens', `must be at least the ${total.tokens} tokens of the plan`, budget.tokens));
  if (budget.gpuHours !== undefined && total.gpuHours > budget.gpuHours)
    problems.push(problem('budget.gpuHours', `must be at least the ${total.gpuHours.toFixed(1)} GPU-hours of the plan`, budget.gpuHours));
  if (budget.usd === undefined) return problems;
  // A cap that cannot be checked must not pass for one that holds.
  if (total.usd === null && total.gpuHours > 0)
    problems.push(problem('budget.usd', 'cannot be held as no price per GPU-hour is configured', budget.usd));
  if (total.usd !== null && total.usd > budget.usd)
    problems.push(problem('budget.usd', `must be at least the ${total.usd.toFixed(2)} USD of the plan`, budget.usd));
  return problems;
}

function remembered<I, O>(compute: (input: I) => O, keyOf: (input: I) => string): (input: I) => O {
  const known = new Map<string, O>();
  return (input) => {
    const key = keyOf(input);
    const found = known.get(key) ?? compute(input);
    known.set(key, found);
    return found;
  };
}

const MOST_PROBLEMS = 50;
const refused = (problems: SpecProblem[]): PlanOutcome => ({ kind: 'problems', problems: problems.slice(0, MOST_PROBLEMS) });
