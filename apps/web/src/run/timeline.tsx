import { barX, dot, text, tickX, type PlotOptions } from '@observablehq/plot';
import type { Attempt, Checkpoint, Evaluation } from '@titrate/contracts';
import { useMemo } from 'react';
import { Figure } from '../parts/figure.tsx';

interface TimelineProps {
  readonly attempts: readonly Attempt[];
  readonly checkpoints: readonly Checkpoint[];
  readonly evaluations: readonly Evaluation[];
  readonly file: string;
}

/** What stands in a lane: a span, or a moment. */
interface Mark {
  readonly lane: string;
  readonly kind: string;
  readonly from: Date;
  readonly to: Date;
  readonly words: string;
}

/** When attempts waited and ran, and when checkpoints were committed and evaluated. */
export function Timeline({ attempts, checkpoints, evaluations, file }: TimelineProps) {
  const marks = useMemo(() => marksOf(attempts, checkpoints, evaluations), [attempts, checkpoints, evaluations]);
  const options = useMemo(() => optionsOf(marks), [marks]);
  if (attempts.length === 0) return <p className="soft">No attempt has been made yet.</p>;
  return (
    <Figure
      title="Timeline"
      description="Attempts, committed checkpoints and finished evaluations over time"
      file={file}
      options={options}
      data={{
        head: ['lane', 'kind', 'from', 'to', 'what'],
        rows: () => marks.map(({ lane, kind, from, to, words }) => [lane, kind, from.toISOString(), to.toISOString(), words]),
      }}
    />
  );
}

function marksOf(attempts: readonly Attempt[], checkpoints: readonly Checkpoint[], evaluations: readonly Evaluation[]): Mark[] {
  // An attempt at work reaches to the moment of the answer.
  const now = new Date();
  const spans = attempts.flatMap((attempt): Mark[] => {
    const { number, state, launchedAt, startedAt, endedAt, failure } = attempt;
    const lane = `attempt ${number}`;
    const [launched, started, ended] = [new Date(launchedAt), startedAt && new Date(startedAt), endedAt ? new Date(endedAt) : now];
    const waiting = { lane, kind: 'waiting', from: launched, to: started || ended, words: 'waiting' };
    if (!started) return [waiting];
    return [waiting, { lane, kind: state, from: started, to: ended, words: failure ?? state }];
  });
  const moments = checkpoints.map(({ committedAt, manifest }): Mark => {
    const at = new Date(committedAt);
    return { lane: 'checkpoints', kind: manifest.kind, from: at, to: at, words: `${manifest.step}` };
  });
  const done = evaluations.flatMap(({ finishedAt, step, state }): Mark[] => {
    if (finishedAt === null) return [];
    return [{ lane: 'evaluations', kind: state, from: new Date(finishedAt), to: new Date(finishedAt), words: `${step}` }];
  });
  return [...spans, ...moments, ...done];
}

const COLOURS: Readonly<Record<string, string>> = {
  waiting: 'var(--line)',
  launched: 'var(--line)',
  running: 'var(--state-running)',
  succeeded: 'var(--state-good)',
  failed: 'var(--state-bad)',
  missing: 'var(--state-warn)',
};

function optionsOf(marks: readonly Mark[]): PlotOptions {
  const lanes = [...new Set(marks.map(({ lane }) => lane))];
  const colour = ({ kind }: Mark) => COLOURS[kind] ?? 'var(--ink-soft)';
  const isSpan = ({ lane }: Mark) => lane.startsWith('attempt');
  const spans = marks.filter(isSpan);
  const span = Math.max(...marks.map(({ to }) => to.getTime())) - Math.min(...marks.map(({ from }) => from.getTime()));
  const commits = marks.filter(({ lane }) => lane === 'checkpoints');
  const results = marks.filter(({ lane }) => lane === 'evaluations');
  return {
    height: 60 + 34 * lanes.length,
    marginLeft: 84,
    marginRight: 24,
    x: { type: 'time', label: null, grid: true },
    y: { domain: lanes, label: null, tickSize: 0 },
    marks: [
      barX(spans, { x1: 'from', x2: 'to', y: 'lane', fill: colour, insetTop: 5, insetBottom: 5, rx: 2 }),
      text(
        spans.filter(({ words }) => words !== 'waiting'),
        { x: 'to', y: 'lane', text: 'words', textAnchor: 'end', dx: -4, fill: 'var(--ground)', fontWeight: 600 },
      ),
      tickX(commits, {
        x: 'from',
        y: 'lane',
        stroke: ({ kind }: Mark) => (kind === 'full' ? 'var(--accent)' : 'var(--ink-soft)'),
        strokeWidth: 2,
      }),
      dot(results, { x: 'from', y: 'lane', r: 4, fill: colour }),
      text([...thinned(commits, span), ...thinned(results, span)], {
        x: 'from',
        y: 'lane',
        text: 'words',
        dy: -13,
        fontSize: 10,
        fill: 'var(--ink-soft)',
      }),
    ],
  };
}

/** Labels of a lane that stand far enough from each other to be read: a fortieth of the whole time. */
function thinned(marks: readonly Mark[], span: number): readonly Mark[] {
  const kept: Mark[] = [];
  for (const mark of marks.toSorted((a, b) => a.from.getTime() - b.from.getTime())) {
    const last = kept.at(-1);
    if (last === undefined || mark.from.getTime() - last.from.getTime() >= span / 40) kept.push(mark);
  }
  return kept;
}
