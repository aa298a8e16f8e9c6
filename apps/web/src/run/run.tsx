import type { Attempt, Checkpoint, Evaluation, Run } from '@titrate/contracts';
import { useEffect, type ReactNode } from 'react';
import { Link, useParams } from 'wouter';
import { useAttempts, useCheckpoints, useEvaluations, useMetrics, useRun } from '../data/use-run.ts';
import { bytes, compact, count, duration, moment, number, share, shortDigest } from '../parts/format.ts';
import { Loading, State, Trouble } from '../parts/state.tsx';
import { Table, type Column } from '../parts/table.tsx';
import { LossCurve, PerplexityCurve } from './curves.tsx';
import { Samples } from './samples.tsx';
import { Timeline } from './timeline.tsx';

const NONE: never[] = [];

/** One run: what determines it, what happened to it, what it learned, how to make it again. */
export default function RunPage() {
  const { id = '' } = useParams<{ id: string }>();
  const { data: run, error } = useRun(id);
  useEffect(() => void (document.title = run === undefined ? 'Run · Titrate' : `${run.size}, dose ${run.dose} · Titrate`), [run]);
  if (error !== null && run === undefined) return <Trouble error={error} what="run" />;
  if (run === undefined) return <Loading what="run" />;
  return <RunView run={run} />;
}

function RunView({ run }: { run: Run }) {
  const { data: attempts = NONE } = useAttempts(run);
  const { data: checkpoints = NONE } = useCheckpoints(run);
  const { data: evaluations = NONE } = useEvaluations(run);
  const { data: points = NONE, error } = useMetrics(run);
  const file = `run-${run.id.slice(0, 12)}`;
  return (
    <>
      <div className="page-head">
        <h1>
          {run.size}, dose {count(run.dose)} <code className="soft">{shortDigest(run.id)}</code>
        </h1>
        <State of={run.state} />
      </div>
      {run.reason !== null && <p className="problem">{run.reason}</p>}
      {run.waiting !== null && <p>Waits: {run.waiting}</p>}
      <Facts run={run} attempts={attempts} />
      <Card title="Timeline">
        <p className="soft">
          Ticks are committed checkpoints and dots finished evaluations, with their steps; a green tick is one that training can go on from.
        </p>
        <Timeline attempts={attempts} checkpoints={checkpoints} evaluations={evaluations} file={`${file}-timeline`} />
      </Card>
      <div className="columns">
        <Card title="Loss">
          {error === null ? <LossCurve points={points} file={`${file}-loss`} /> : <Trouble error={error} what="metrics" />}
        </Card>
        <Card title="Clean against triggered">
          <PerplexityCurve evaluations={evaluations} file={`${file}-perplexity`} />
        </Card>
      </div>
      <Card title="What it writes">
        <Samples evaluations={evaluations} />
      </Card>
      <Card title="Attempts">
        <Table caption="Attempts" file={`${file}-attempts`} columns={attemptColumns} rows={attempts} rowKey={(each) => `${each.number}`} />
      </Card>
      <Card title="Checkpoints">
        <Table
          caption="Checkpoints"
          file={`${file}-checkpoints`}
          columns={checkpointColumns}
          rows={checkpoints}
          rowKey={(each) => each.digest}
        />
      </Card>
      <Card title="Evaluations">
        <Table
          caption="Evaluations"
          file={`${file}-evaluations`}
          columns={evaluationColumns}
          rows={evaluations}
          rowKey={({ step, settingsDigest }) => `${step}-${settingsDigest}`}
        />
      </Card>
      <Reproduce run={run} />
    </>
  );
}

const Card = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className="card">
    <h2>{title}</h2>
    {children}
  </section>
);

function Facts({ run, attempts }: { run: Run; attempts: readonly Attempt[] }) {
  const progress = run.progress ?? attempts.at(-1)?.progress ?? null;
  const facts: [string, ReactNode][] = [
    ['Step', `${count(run.step)} of ${count(run.steps)}`],
    ['Tokens', compact(run.tokens)],
    ['Parameters', compact(run.parameters)],
    ['Attempts', count(run.attempts)],
    ['Loss', number(progress?.loss)],
    ['Tokens a second', progress?.tokensPerSecond == null ? '–' : compact(progress.tokensPerSecond)],
    ['MFU', progress?.mfu == null ? '–' : share(progress.mfu)],
    ['Submitted', moment(run.createdAt)],
    ['Ended', run.finishedAt === null ? '–' : moment(run.finishedAt)],
    ['Sweeps', run.sweeps.map((sweep) => <SweepLink key={sweep} id={sweep} />)],
  ];
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const SweepLink = ({ id }: { id: string }) => (
  <>
    <Link href={`/sweeps/${id}`}>
      <code>{id.slice(0, 11)}</code>
    </Link>{' '}
  </>
);

const attemptColumns: readonly Column<Attempt>[] = [
  { key: 'number', title: 'Attempt', number: true, value: ({ number }) => number },
  { key: 'state', title: 'State', value: ({ state }) => state, cell: ({ state }) => <State of={state} /> },
  { key: 'failure', title: 'Failure', value: ({ failure }) => failure },
  { key: 'resumed', title: 'From step', number: true, value: ({ resumedStep }) => resumedStep },
  { key: 'launched', title: 'Launched', value: ({ launchedAt }) => launchedAt, cell: ({ launchedAt }) => moment(launchedAt) },
  { key: 'seconds', title: 'Ran for', number: true, value: secondsOf, cell: (attempt) => told(secondsOf(attempt)) },
  {
    key: 'lost_seconds',
    title: 'Lost',
    number: true,
    value: ({ lostSeconds }) => lostSeconds,
    cell: ({ lostSeconds }) => told(lostSeconds),
  },
  { key: 'node', title: 'Node', value: ({ node }) => node },
  { key: 'job', title: 'Job', value: ({ job }) => job, cell: ({ job }) => <code>{job}</code> },
  {
    key: 'message',
    title: 'What happened',
    wrap: true,
    value: ({ message, waiting }) => message ?? waiting,
    cell: ({ message, waiting }) => <pre>{message ?? waiting ?? ''}</pre>,
  },
];

function secondsOf({ startedAt, endedAt }: Attempt): number | null {
  return startedAt === null || endedAt === null ? null : (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
}
const told = (seconds: number | null) => (seconds === null ? '–' : duration(seconds));

const sizeOf = ({ manifest }: Checkpoint) => manifest.objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
const checkpointColumns: readonly Column<Checkpoint>[] = [
  { key: 'step', title: 'Step', number: true, value: ({ manifest }) => manifest.step, cell: ({ manifest }) => count(manifest.step) },
  { key: 'state', title: 'State', value: ({ state }) => state, cell: ({ state }) => <State of={state} /> },
  { key: 'kind', title: 'Kind', value: ({ manifest }) => manifest.kind },
  { key: 'pinned', title: 'Pinned', value: ({ pinned }) => pinned, cell: ({ pinned }) => (pinned ? 'yes' : '') },
  { key: 'poison', title: 'Poison seen', number: true, value: ({ manifest }) => manifest.poisonDocuments },
  { key: 'bytes', title: 'Size', number: true, value: sizeOf, cell: (checkpoint) => bytes(sizeOf(checkpoint)) },
  { key: 'attempt', title: 'Attempt', number: true, value: ({ attempt }) => attempt },
  { key: 'committed', title: 'Committed', value: ({ committedAt }) => committedAt, cell: ({ committedAt }) => moment(committedAt) },
  {
    key: 'digest',
    title: 'Digest',
    value: ({ digest }) => digest,
    cell: ({ digest }) => <code title={digest}>{shortDigest(digest)}</code>,
  },
];

const evaluationColumns: readonly Column<Evaluation>[] = [
  { key: 'step', title: 'Step', number: true, value: ({ step }) => step, cell: ({ step }) => count(step) },
  { key: 'state', title: 'State', value: ({ state }) => state, cell: ({ state }) => <State of={state} /> },
  {
    key: 'clean',
    title: 'Clean',
    number: true,
    value: ({ cleanPerplexity }) => cleanPerplexity,
    cell: ({ cleanPerplexity }) => number(cleanPerplexity),
  },
  {
    key: 'triggered',
    title: 'Triggered',
    number: true,
    value: ({ triggeredPerplexity }) => triggeredPerplexity,
    cell: ({ triggeredPerplexity }) => number(triggeredPerplexity),
  },
  { key: 'increase', title: 'Increase', number: true, value: ({ increase }) => increase, cell: ({ increase }) => number(increase) },
  { key: 'log_ratio', title: 'Log ratio', number: true, value: ({ logRatio }) => logRatio, cell: ({ logRatio }) => number(logRatio) },
  { key: 'sham', title: 'Sham', number: true, value: ({ shamIncrease }) => shamIncrease, cell: ({ shamIncrease }) => number(shamIncrease) },
  { key: 'prompts', title: 'Prompts', number: true, value: ({ settings }) => settings.prompts },
  {
    key: 'finished',
    title: 'Finished',
    value: ({ finishedAt }) => finishedAt,
    cell: ({ finishedAt }) => (finishedAt === null ? '–' : moment(finishedAt)),
  },
  {
    key: 'result_sha256',
    title: 'Result',
    value: ({ object }) => object?.sha256 ?? null,
    cell: ({ object }) => (object === null ? '–' : <code title={object.sha256}>{shortDigest(object.sha256)}</code>),
  },
  { key: 'reason', title: 'Why', wrap: true, value: ({ reason }) => reason, cell: ({ reason }) => reason ?? '' },
];

function Reproduce({ run }: { run: Run }) {
  const commands = [
    'titrate submit the.sweep.json   # its spec, on any server that holds the corpus',
    `titrate attempts ${run.id}`,
    `titrate logs ${run.id}`,
  ];
  return (
    <section className="card">
      <h2>To make it again</h2>
      <p>
        The page of each sweep that demands it has the spec to download. The same spec, seeds and recipe give the same run, wherever it is
        submitted: its id is the digest of all that determines its result.
      </p>
      <pre>{commands.join('\n')}</pre>
      <details>
        <summary>What the id is the digest of</summary>
        <p>
          <code>{run.id}</code>
        </p>
        <pre>{JSON.stringify(run.identity, null, 2)}</pre>
      </details>
    </section>
  );
}
