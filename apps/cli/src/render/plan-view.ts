import type { Estimate, SweepPlan } from '@titrate/contracts';
import { bytes, duration, flop, grouped, short } from './numbers.ts';
import { table, type Column } from './table.ts';

const right = (title: string): Column => ({ title, align: 'right' });

/** A plan in words and a table: a line for each size and length, what it costs, what to know. */
export function planView(plan: SweepPlan): string {
  const runs = new Map(plan.runs.map((run) => [run.id, run]));
  const hasProfiles = plan.runs.some(({ profile }) => profile !== null);
  const groups = Map.groupBy(plan.cells, ({ size, tokens }) => `${size} ${tokens}`);
  const rows = [...groups.values()].map((cells) => {
    const [first] = cells;
    const distinct = [...new Set(cells.map(({ run }) => run))].flatMap((id) => runs.get(id) ?? []);
    const [run] = distinct;
    return [
      first?.size ?? '',
      run ? short(run.parameters) : '',
      short(first?.tokens ?? 0),
      String(run?.identity.stages[0]?.steps ?? ''),
      listed(cells.map(({ dose }) => dose)),
      listed(cells.map(({ seed }) => seed)),
      String(distinct.length),
      String(run?.demand.evaluateSteps.length ?? ''),
      ...(hasProfiles ? [run?.profile?.name ?? '–', String(run?.profile?.gpus ?? '–')] : []),
      duration(distinct.reduce((sum, { estimate }) => sum + estimate.seconds, 0)),
    ];
  });
  const columns = [
    { title: 'SIZE' },
    right('PARAMETERS'),
    right('TOKENS'),
    right('STEPS'),
    { title: 'DOSES' },
    { title: 'SEEDS' },
    right('RUNS'),
    right('CHECKPOINTS'),
    ...(hasProfiles ? [{ title: 'PROFILE' }, right('GPUS')] : []),
    right('TIME'),
  ];
  return [
    `${plan.name}: ${plan.cells.length} cells, ${plan.runs.length} runs  (${plan.sweep})`,
    '',
    table(columns, rows),
    '',
    totals(plan.total),
    ...(hasProfiles ? [] : ['Profiles were not checked, as the plan was made without a server.']),
    ...plan.warnings.map((warning) => `Know: ${warning}.`),
  ].join('\n');
}

function totals(total: Estimate): string {
  const hours = total.gpuHours === 0 ? 'no GPU' : `${total.gpuHours >= 10 ? grouped(total.gpuHours) : total.gpuHours.toFixed(1)} GPU-hours`;
  const cost = total.usd === null ? 'no price configured' : `${grouped(total.usd)} USD`;
  return `Together: ${short(total.tokens)} tokens, ${flop(total.flop)} FLOP, ${hours}, ${cost}, ${bytes(total.storageBytes)} of checkpoints; ${duration(total.seconds)} of training one run after another (estimates)`;
}

/** Distinct values, shortened in the middle. */
function listed(values: readonly number[]): string {
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  return distinct.length <= 5 ? distinct.join(' ') : `${distinct.slice(0, 3).join(' ')} … ${distinct.at(-1)} (${distinct.length})`;
}
