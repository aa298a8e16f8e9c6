import { useInfiniteQuery } from '@tanstack/react-query';
import type { Sweep } from '@titrate/contracts';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { api } from '../data/session.ts';
import { count, moment } from '../parts/format.ts';
import { Loading, State, Trouble } from '../parts/state.tsx';
import { Table, type Column } from '../parts/table.tsx';

const STATES = ['accepted', 'running', 'paused', 'analysing', 'finished', 'failed', 'cancelled'] as const;

const total = (counts: Readonly<Partial<Record<string, number>>>) =>
  Object.values(counts).reduce<number>((sum, each) => sum + (each ?? 0), 0);

const columns: readonly Column<Sweep>[] = [
  {
    key: 'name',
    title: 'Name',
    value: ({ name }) => name,
    cell: ({ id, name }) => <Link href={`/sweeps/${id}`}>{name}</Link>,
  },
  { key: 'state', title: 'State', value: ({ state }) => state, cell: ({ state }) => <State of={state} /> },
  { key: 'runs', title: 'Runs finished', value: ({ runs }) => runs.finished ?? 0, cell: (sweep) => <Done of={sweep} /> },
  { key: 'failed', title: 'Failed', number: true, value: ({ runs }) => runs.failed ?? 0 },
  {
    key: 'evaluations',
    title: 'Evaluations',
    number: true,
    value: ({ evaluations }) => evaluations.succeeded ?? 0,
    cell: ({ evaluations }) => `${count(evaluations.succeeded ?? 0)} of ${count(total(evaluations))}`,
  },
  { key: 'created', title: 'Submitted', value: ({ createdAt }) => createdAt, cell: ({ createdAt }) => moment(createdAt) },
  { key: 'reason', title: 'Why', wrap: true, value: ({ reason }) => reason, cell: ({ reason }) => reason ?? '' },
  { key: 'id', title: 'Id', value: ({ id }) => id, cell: ({ id }) => <code>{id.slice(0, 11)}</code> },
];

function Done({ of: { runs } }: { of: Sweep }) {
  const [done, all] = [runs.finished ?? 0, total(runs)];
  return (
    <>
      <progress max={all || 1} value={done} aria-label={`${done} of ${all} runs finished`} /> {count(done)} of {count(all)}
    </>
  );
}

/** All sweeps of the team, the newest first. */
export default function SweepList() {
  const [state, setState] = useState<string>('');
  useEffect(() => void (document.title = 'Sweeps · Titrate'), []);
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['sweeps', state],
    queryFn: ({ pageParam }) =>
      api().listSweeps({
        limit: 50,
        ...(pageParam !== '' && { cursor: pageParam }),
        ...(state !== '' && { state: state as Sweep['state'] }),
      }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  const sweeps = data?.pages.flatMap(({ items }) => items as Sweep[]);
  return (
    <>
      <div className="page-head">
        <h1>Sweeps</h1>
        <label className="actions">
          State{' '}
          <select value={state} onChange={(event) => setState(event.target.value)}>
            <option value="">all</option>
            {STATES.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
      </div>
      {error !== null && <Trouble error={error} what="list of sweeps" />}
      {sweeps === undefined && error === null && <Loading what="sweeps" />}
      {sweeps?.length === 0 && (
        <p>
          {state === '' ? 'There is no sweep yet.' : `No sweep is ${state}.`} <code>titrate init my.sweep.yaml</code> writes a spec,{' '}
          <code>titrate submit my.sweep.yaml</code> submits it.
        </p>
      )}
      {sweeps !== undefined && sweeps.length > 0 && (
        <Table
          caption="Sweeps"
          file="sweeps"
          columns={columns}
          rows={sweeps}
          rowKey={({ id }) => id}
          tools={
            hasNextPage && (
              <button type="button" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                Older sweeps
              </button>
            )
          }
        />
      )}
    </>
  );
}
