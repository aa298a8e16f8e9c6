import { trainedStage, type Cell, type DetectableEffect, type Estimate, type PlannedRun, type SweepPlan } from '@titrate/contracts';
import { sumEstimates } from '@titrate/planning';
import { bytes, duration, flop, grouped, short } from './numbers.ts';
import { table, type Column } from './table.ts';

const right = (title: string): Column => ({ title, align: 'right' });

/** Cells of one size, number of tokens and stage, and the runs that they name. */
interface Group {
  readonly cells: readonly Cell[];
  readonly runs: readonly PlannedRun[];
}

/** A plan in words and tables: what is trained, what it costs, what the seeds can tell, what to know. */
export function planView(plan: SweepPlan): string {
  const groups = groupsOf(plan);
  const hasProfiles = plan.runs.some(({ profile }) => profile !== null);
  const hasStages = plan.cells.some(({ stage }) => stage !== 'pretrain');
  return [
    `${plan.name}: ${plan.cells.length} cells, ${plan.runs.length} runs  (${plan.sweep})`,
    '',
    trainedTable(groups, hasStages, hasProfiles),
    '',
    costTable(groups, plan.total, hasStages),
    '',
    totals(plan.total),
    ...cleanArms(plan),
    ...(plan.detectable.length > 0 ? [detectable(plan.detectable)] : []),
    ...(hasProfiles ? [] : ['Profiles and memory were not checked, as the plan was made without knowing how jobs run.']),
    ...plan.warnings.map((warning) => `Know: ${warning}.`),
  ].join('\n');
}

function groupsOf(plan: SweepPlan): Group[] {
  const runs = new Map(plan.runs.map((run) => [run.id, run]));
  const groups = Map.groupBy(plan.cells, ({ size, tokens, stage }) => `${size} ${tokens} ${stage}`);
  return [...groups.values()].map((cells) => ({
    cells,
    runs: [...new Set(cells.map(({ run }) => run))].flatMap((id) => runs.get(id) ?? []),
  }));
}

function trainedTable(groups: readonly Group[], hasStages: boolean, hasProfiles: boolean): string {
  const rows = groups.map(({ cells, runs: [run, ...rest] }) => [
    cells[0]?.size ?? '',
    ...(hasStages ? [cells[0]?.stage ?? ''] : []),
    run ? short(run.parametersWithoutEmbeddings) : '',
    run ? short(run.parameters) : '',
    short(cells[0]?.tokens ?? 0),
    run ? grouped(trainedStage(run.identity).steps) : '',
    listed(cells.map(({ dose }) => dose)),
    listed(cells.map(({ seed }) => seed)),
    String(rest.length + (run ? 1 : 0)),
    ...(hasProfiles ? [run?.profile?.name ?? '–', String(run?.profile?.gpus ?? '–'), memoryOf(run)] : []),
  ]);
  const columns = [
    { title: 'SIZE' },
    ...(hasStages ? [{ title: 'STAGE' }] : []),
    right('NON-EMBEDDING'),
    right('PARAMETERS'),
    right('TOKENS'),
    right('STEPS'),
    { title: 'DOSES' },
    { title: 'SEEDS' },
    right('RUNS'),
    ...(hasProfiles ? [{ title: 'PROFILE' }, right('GPUS'), right('GPU MEMORY')] : []),
  ];
  return table(columns, rows);
}

/** What a training needs of each GPU, of what the GPU has. */
function memoryOf(run: PlannedRun | undefined): string {
  const memory = run?.memory;
  if (memory == null) return '–';
  const gib = (value: number): string => (value / 1024 ** 3).toFixed(0);
  return `${gib(memory.neededBytes)} of ${memory.gpuBytes === null ? '?' : gib(memory.gpuBytes)} GiB`;
}

function costTable(groups: readonly Group[], total: Estimate, hasStages: boolean): string {
  const columns = [
    { title: 'SIZE' },
    ...(hasStages ? [{ title: 'STAGE' }] : []),
    ...['TOKENS', 'FLOP', 'GPU-HOURS', 'USD', 'CHECKPOINTS', 'EVALUATIONS', 'WRITTEN', 'KEPT', 'TIME'].map(right),
  ];
  const row = (name: string, stage: string, cost: Estimate): string[] => [
    name,
    ...(hasStages ? [stage] : []),
    short(cost.tokens),
    flop(cost.flop),
    hours(cost.gpuHours),
    cost.usd === null ? '–' : grouped(cost.usd),
    grouped(cost.checkpoints),
    grouped(cost.evaluations),
    bytes(cost.storageBytes),
    bytes(cost.retainedBytes),
    duration(cost.seconds),
  ];
  const rows = groups.map(({ cells, runs }) => row(cells[0]?.size ?? '', cells[0]?.stage ?? '', sum(runs)));
  return table(columns, [...rows, row('all', '', total)]);
}

const sum = (runs: readonly PlannedRun[]): Estimate => sumEstimates(runs.map(({ estimate }) => estimate));

const hours = (value: number): string => (value === 0 ? 'none' : value >= 10 ? grouped(value) : value.toFixed(1));

function totals(total: Estimate): string {
  const gpu = total.gpuHours === 0 ? 'no GPU' : `${hours(total.gpuHours)} GPU-hours`;
  const cost =
    total.usd === null ? 'no price configured (--usd-per-gpu-hour tells one for a plan without a server)' : `${grouped(total.usd)} USD`;
  return `Together: ${short(total.tokens)} tokens, ${flop(total.flop)} FLOP, ${gpu}, ${cost}, ${bytes(total.storageBytes)} of checkpoints, of which retention keeps ${bytes(total.retainedBytes)}; ${duration(total.seconds)} of training one run after another (estimates; evaluations are not timed)`;
}

/** What the matched clean arms take of it, as published grids are often told without them. */
function cleanArms(plan: SweepPlan): string[] {
  const clean = plan.runs.filter(({ dose, base }) => dose === 0 && base === null);
  if (clean.length === 0 || clean.length === plan.runs.length) return [];
  const { gpuHours } = sum(clean);
  const rest = plan.total.gpuHours - gpuHours;
  const cost = plan.total.gpuHours === 0 ? '' : `: ${hours(gpuHours)} GPU-hours, and ${hours(rest)} for the others`;
  return [`Of the runs, ${clean.length} are clean arms${cost}.`];
}

/** What the seeds can tell, as factors: effects are log ratios. */
function detectable(effects: readonly DetectableEffect[]): string {
  const [first] = effects;
  if (first === undefined) return '';
  const bySeeds = [...Map.groupBy(effects, ({ seeds }) => seeds).entries()];
  const told = bySeeds.map(([seeds, [one]]) => {
    if (one === undefined || one.logRatio === null || one.logRatioOfAll === null) return 'one seed: none, as it has no spread';
    return `${seeds} seeds: a factor of ${factor(one.logRatio)} for one condition alone, ${factor(one.logRatioOfAll)} for the hardest of all by Holm`;
  });
  return (
    `Smallest rise of the triggered perplexity that the seeds show with 80 % power at ${first.confidence * 100} % confidence: ${told.join('; ')}. ` +
    `Assumed: a standard deviation between seeds of ${first.seedSd.toFixed(2)} on the log scale, as repeats of a published cell differed by a factor of fifty.`
  );
}

function factor(logRatio: number): string {
  const value = Math.exp(logRatio);
  return value >= 1e5 ? value.toExponential(0).replace('e+', 'e') : value >= 10 ? grouped(value) : value.toFixed(1);
}

/** Distinct values, shortened in the middle. */
function listed(values: readonly number[]): string {
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  return distinct.length <= 5 ? distinct.join(' ') : `${distinct.slice(0, 3).join(' ')} … ${distinct.at(-1)} (${distinct.length})`;
}
