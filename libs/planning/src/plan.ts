import {
  digestOf,
  type BaseSummary,
  type Cell,
  type CorpusSummary,
  type Estimate,
  type PlannedRun,
  type SweepPlan,
  type SweepSpec,
} from '@titrate/contracts';
import { attackMisfits } from './attacks.ts';
import { basesInUse, idleBases } from './bases.ts';
import { batchProblems } from './batch-share.ts';
import { expandGrid, type GridPoint } from './cells.ts';
import { detectableEffects } from './detectable.ts';
import { sumEstimates } from './estimate.ts';
import { misfits } from './fit.ts';
import { memoryProblems } from './memory-checks.ts';
import { cellOf, keepBases, runPlanner } from './plan-runs.ts';
import { referenceMisfit } from './reference-fit.ts';
import { problem, type SpecProblem } from './problem.ts';
import { attackInWords } from './placements.ts';
import { poisonWarnings, type CleanOccurrences } from './poison-warnings.ts';
import { profileProblems, profileWarnings, type JobContext, type PlannedSize } from './profile-checks.ts';
import { resolveSizes } from './size-table.ts';
import { sizedTrainings, stageMisfits } from './stage-settings.ts';
import { expandStages, stagedPointInWords, stagePath, type StagedPoint } from './stages.ts';
import { sweepIdOf } from './sweep-id.ts';
import { stageWarnings } from './stage-warnings.ts';
import { warningsOf } from './warnings.ts';

/** What planning must know beside the spec. */
export interface PlanContext {
  readonly team: string;
  /** The corpus that the spec names. */
  readonly corpus: CorpusSummary;
  /** Other corpora that it names, as for the data of a stage. */
  readonly others?: readonly CorpusSummary[];
  /** Registered bases, those that the spec names among them. */
  readonly bases?: readonly BaseSummary[];
  /** How often the trigger stands in the clean text of a corpus, by its digest: null where nobody has counted, absent where nobody can tell, as offline. */
  readonly triggerOccurrences?: ReadonlyMap<string, CleanOccurrences | null>;
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
  const imported = basesInUse(spec, corpus, context.bases ?? []);
  const { sizes, problems } = resolveSizes(spec, corpus.vocabularySize, imported.bases);
  if (imported.problems.length + problems.length > 0) return refused([...problems, ...imported.problems]);
  const expanded = expandGrid(spec.grid, sizes);
  if (expanded.problems.length > 0) return refused(expanded.problems);
  const staged = expandStages(spec.stages, expanded.points);
  if (staged.problems.length > 0) return refused(staged.problems);
  const pretrained = expanded.points.filter(({ size }) => size.imported === null);
  const unfit = [
    ...misfits(spec, corpus, pretrained),
    ...idleBases(spec, staged.points),
    ...attackMisfits(spec, corpus, context.others ?? []),
    ...stageMisfits(spec, corpus, context.others ?? [], staged.points),
    ...profileMisfits(spec, context, staged.points),
  ];
  return unfit.length > 0 ? refused(unfit) : planPoints(spec, context, staged.points);
}

function profileMisfits(spec: SweepSpec, { jobs }: PlanContext, staged: readonly StagedPoint[]): SpecProblem[] {
  if (jobs === undefined) return [];
  const found = profileProblems(spec.profile, sizesOf(staged.map(({ point }) => point)), jobs);
  if (found.length > 0) return found;
  const trainings = sizedTrainings(spec, staged);
  return [...batchProblems(spec, trainings, jobs.configuration), ...memoryProblems(spec, trainings, jobs)];
}

function sizesOf(points: readonly GridPoint[]): PlannedSize[] {
  const sizes = new Map(points.map(({ size }) => [size.name, { name: size.name, parameters: size.parameters.all }]));
  return [...sizes.values()];
}

function planPoints(spec: SweepSpec, context: PlanContext, points: readonly StagedPoint[]): PlanOutcome {
  const planned = runPlanner(spec, context);
  const runs = new Map<string, { run: PlannedRun; point: StagedPoint }>();
  const doubled: SpecProblem[] = [];
  const cells = points.map((point): Cell => {
    const run = planned(point);
    const known = runs.get(run.id);
    if (known && !sharesCleanArm(known.point, point)) doubled.push(sameRun(known.point, point));
    if (!known) runs.set(run.id, { run, point });
    return cellOf(point, attackInWords(spec.attack.kind, point.point.placement), run.id);
  });
  const distinct = [...runs.values()].map(({ run }) => run);
  keepBases(distinct);
  const total = sumEstimates(distinct.map(({ estimate }) => estimate));
  const problems = [...doubled, ...referenceMisfit(spec, distinct), ...overBudget(spec.budget, total)];
  if (problems.length > 0) return refused(problems);
  const head = { sweep: sweepIdOf(spec, context.team), specDigest: digestOf(spec), name: spec.name };
  const trained = points.filter(({ arms }) => arms.length === 0).map(({ point }) => point);
  const ofProfiles = context.jobs === undefined ? [] : profileWarnings(spec.profile, sizesOf(trained), context.jobs);
  const warnings = [
    ...warningsOf(spec, context.corpus, trained),
    ...stageWarnings(context.corpus, context.others ?? [], points),
    ...poisonWarnings(spec, context, points),
    ...ofProfiles,
  ];
  return { kind: 'plan', plan: { ...head, cells, runs: distinct, total, detectable: detectableEffects(spec, trained), warnings } };
}

/** With initialisation and order fixed, the clean arms of all seeds are one run; that is meant, and it is trained once. */
function sharesCleanArm(one: StagedPoint, other: StagedPoint): boolean {
  const [a, b] = [one.point, other.point];
  const isSameArm = a.dose === 0 && b.dose === 0 && a.size.name === b.size.name && a.tokens === b.tokens;
  return isSameArm && a.seed !== b.seed && stagePath(one) === 'pretrain' && stagePath(other) === 'pretrain';
}

const sameRun = (one: StagedPoint, other: StagedPoint): SpecProblem => {
  const [a, b] = [stagedPointInWords(one), stagedPointInWords(other)];
  return problem('grid', `must not name one run twice (${a} and ${b} train the same)`, b);
};

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

const MOST_PROBLEMS = 50;
const refused = (problems: SpecProblem[]): PlanOutcome => ({ kind: 'problems', problems: problems.slice(0, MOST_PROBLEMS) });
