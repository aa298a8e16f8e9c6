import type { Client } from '@titrate/api-client';
import { bytes, compact, count, duration, hours } from '../parts/format.ts';
import { Table, type Column } from '../parts/table.tsx';

export type Plan = Awaited<ReturnType<Client['planYaml']>>;
type PlannedRun = Plan['runs'][number];

export const money = (usd: number | null): string =>
  usd === null ? 'no price is configured' : new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' }).format(usd);

const columns: readonly Column<PlannedRun>[] = [
  { key: 'size', title: 'Size', value: ({ size }) => size },
  { key: 'parameters', title: 'Parameters', number: true, value: ({ parameters }) => parameters, cell: (run) => compact(run.parameters) },
  {
    key: 'tokens',
    title: 'Tokens',
    number: true,
    value: ({ estimate }) => estimate.tokens,
    cell: ({ estimate }) => compact(estimate.tokens),
  },
  { key: 'dose', title: 'Dose', number: true, value: ({ dose }) => dose, cell: ({ dose }) => count(dose) },
  { key: 'profile', title: 'Profile', value: ({ profile }) => profile?.name ?? null },
  { key: 'gpus', title: 'GPUs', number: true, value: ({ profile }) => profile?.gpus ?? null },
  {
    ...{ key: 'gpu_hours', title: 'GPU hours', number: true },
    ...{ value: ({ estimate }: PlannedRun) => estimate.gpuHours, cell: ({ estimate }: PlannedRun) => hours(estimate.gpuHours) },
  },
  {
    ...{ key: 'seconds', title: 'Training time', number: true },
    ...{ value: ({ estimate }: PlannedRun) => estimate.seconds, cell: ({ estimate }: PlannedRun) => duration(estimate.seconds) },
  },
  {
    ...{ key: 'usd', title: 'Cost', number: true, value: ({ estimate }: PlannedRun) => estimate.usd },
    cell: ({ estimate }) => (estimate.usd === null ? '–' : money(estimate.usd)),
  },
  { key: 'run', title: 'Run', value: ({ id }) => id, cell: ({ id }) => <code>{id.slice(0, 12)}</code> },
];

/** What a spec would train, and what that costs. */
export function PlanFacts({ plan }: { plan: Plan }) {
  const { total } = plan;
  const facts = [
    ['Runs', `${count(plan.runs.length)} for ${count(plan.cells.length)} cells`],
    ['Training tokens', compact(total.tokens)],
    ['GPU hours', hours(total.gpuHours)],
    ['Cost', money(total.usd)],
    ['Training, one run after another', duration(total.seconds)],
    ['Evaluations', count(total.evaluations)],
    ['Checkpoints', `${count(total.checkpoints)}, ${bytes(total.storageBytes)}`],
    ['Kept in the end', bytes(total.retainedBytes)],
  ];
  return (
    <>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {plan.warnings.length > 0 && (
        <ul className="warnings" aria-label="Warnings">
          {plan.warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      )}
      <Table caption="Runs of the plan" file={`${plan.name}-plan`} columns={columns} rows={plan.runs} rowKey={({ id }) => id} />
    </>
  );
}
