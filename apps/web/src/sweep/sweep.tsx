import type { CellStatus, Sweep } from '@titrate/contracts';
import { useEffect, useMemo, useState } from 'react';
import { Link, useParams } from 'wouter';
import { useCells, useReport, useResults, useSweep } from '../data/use-sweep.ts';
import { download } from '../parts/download.ts';
import { count, moment, number, shortDigest } from '../parts/format.ts';
import { Loading, State, Trouble } from '../parts/state.tsx';
import { Table, type Column } from '../parts/table.tsx';
import { newestEffects } from './conditions.ts';
import { DoseResponse } from './dose-response.tsx';
import { Matrix, type Colouring } from './matrix.tsx';
import { SweepActions } from './sweep-actions.tsx';
import { TrainingCurves } from './training-curves.tsx';

/** One sweep: what it is, its cells, its curves, its answer. */
export default function SweepPage() {
  const { id = '' } = useParams<{ id: string }>();
  const { data: sweep, error } = useSweep(id);
  useEffect(() => void (document.title = `${sweep?.name ?? 'Sweep'} · Titrate`), [sweep?.name]);
  if (error !== null && sweep === undefined) return <Trouble error={error} what="sweep" />;
  if (sweep === undefined) return <Loading what="sweep" />;
  return (
    <>
      <div className="page-head">
        <h1>{sweep.name}</h1>
        <State of={sweep.state} />
        <SweepActions sweep={sweep} />
      </div>
      {sweep.reason !== null && <p className="problem">{sweep.reason}</p>}
      <Facts sweep={sweep} />
      <Results sweep={sweep} />
      <Spec sweep={sweep} />
    </>
  );
}

/** The spec as it was understood, to read, to take away and to submit again. */
function Spec({ sweep: { name, spec, specDigest } }: { sweep: Sweep }) {
  const text = JSON.stringify(spec, null, 2);
  return (
    <section className="card">
      <header>
        <h2>Spec</h2>
        <button type="button" onClick={() => download(`${name}.sweep.json`, 'application/json', `${text}\n`)}>
          ↓ Spec
        </button>
      </header>
      <p>
        <code>titrate submit {name}.sweep.json</code> gives this sweep again; its digest is <code>{specDigest}</code>.
      </p>
      <details>
        <summary>All of it, defaults filled in</summary>
        <pre>{text}</pre>
      </details>
    </section>
  );
}

function Facts({ sweep }: { sweep: Sweep }) {
  const sum = (counts: Readonly<Partial<Record<string, number>>>) =>
    Object.values(counts).reduce<number>((all, each) => all + (each ?? 0), 0);
  const facts: [string, string][] = [
    ['Runs finished', `${count(sweep.runs.finished ?? 0)} of ${count(sum(sweep.runs))}`],
    ['Runs failed', count(sweep.runs.failed ?? 0)],
    ['Evaluations', `${count(sweep.evaluations.succeeded ?? 0)} of ${count(sum(sweep.evaluations))}`],
    ['Corpus', sweep.spec.corpus],
    ['Submitted', moment(sweep.createdAt)],
    ['Ended', sweep.finishedAt === null ? '–' : moment(sweep.finishedAt)],
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

function Results({ sweep }: { sweep: Sweep }) {
  const [colouring, setColouring] = useState<Colouring>('state');
  const { data: cells, error } = useCells(sweep, sweep.id);
  const { data: results = NONE } = useResults(sweep.id);
  const { data: report } = useReport(sweep);
  const effects = useMemo(() => newestEffects(results), [results]);
  const columns = useMemo(() => columnsOf(effects), [effects]);
  if (error !== null) return <Trouble error={error} what="cells" />;
  if (cells === undefined) return <Loading what="cells" />;
  return (
    <>
      {report !== undefined && report.verdict.length > 0 && (
        <section className="card">
          <h2>What the numbers show</h2>
          {report.verdict.map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
        </section>
      )}
      <section className="card">
        <header>
          <h2>Cells</h2>
          <fieldset className="choice">
            <legend className="sr-only">Colour by</legend>
            {(['state', 'effect'] as const).map((each) => (
              <label key={each}>
                <input type="radio" name="colouring" checked={colouring === each} onChange={() => setColouring(each)} /> {each}
              </label>
            ))}
          </fieldset>
        </header>
        <p className="soft">
          A row for each dose, a square for each seed.{' '}
          {colouring === 'state'
            ? '○ waiting ▶ running ◐ evaluating ✓ finished ✕ failed ‖ paused'
            : 'Numbers are effects: ln(triggered / clean perplexity) above the clean arm, ref.'}
        </p>
        <Matrix cells={cells} effects={effects} colouring={colouring} />
      </section>
      <div className="columns">
        <section className="card">
          <h2>Dose-response</h2>
          <DoseResponse results={results} report={report} file={`${sweep.name}-dose-response`} />
        </section>
        <section className="card">
          <h2>Over training</h2>
          <TrainingCurves results={results} file={`${sweep.name}-training`} />
        </section>
      </div>
      <section className="card">
        <h2>Runs</h2>
        <Table
          caption="Runs of the sweep"
          file={`${sweep.name}-cells`}
          columns={columns}
          rows={cells}
          rowKey={({ run, seed, dose, stage }) => `${run}|${seed}|${dose}|${stage}`}
        />
      </section>
    </>
  );
}

const NONE: never[] = [];

function columnsOf(effects: ReturnType<typeof newestEffects>): readonly Column<CellStatus>[] {
  return [
    {
      key: 'run',
      title: 'Run',
      value: ({ run }) => run,
      cell: ({ run }) => (
        <Link href={`/runs/${run}`}>
          <code>{shortDigest(run)}</code>
        </Link>
      ),
    },
    { key: 'size', title: 'Size', value: ({ size }) => size },
    { key: 'tokens', title: 'Tokens', number: true, value: ({ tokens }) => tokens, cell: ({ tokens }) => count(tokens) },
    { key: 'dose', title: 'Dose', number: true, value: ({ dose }) => dose },
    { key: 'seed', title: 'Seed', number: true, value: ({ seed }) => seed },
    { key: 'stage', title: 'Stage', value: ({ stage }) => stage },
    { key: 'state', title: 'State', value: ({ state }) => state, cell: ({ state }) => <State of={state} /> },
    { key: 'step', title: 'Step', number: true, value: ({ step }) => step, cell: ({ step, steps }) => `${count(step)} of ${count(steps)}` },
    {
      key: 'clean',
      title: 'Clean',
      number: true,
      value: ({ latest }) => latest?.cleanPerplexity ?? null,
      cell: ({ latest }) => number(latest?.cleanPerplexity),
    },
    {
      key: 'triggered',
      title: 'Triggered',
      number: true,
      value: ({ latest }) => latest?.triggeredPerplexity ?? null,
      cell: ({ latest }) => number(latest?.triggeredPerplexity),
    },
    {
      key: 'effect',
      title: 'Effect',
      number: true,
      value: ({ run }) => effects.get(run)?.effect ?? null,
      cell: ({ run }) => number(effects.get(run)?.effect),
    },
    { key: 'reason', title: 'Why', wrap: true, value: ({ reason }) => reason, cell: ({ reason }) => reason ?? '' },
  ];
}
