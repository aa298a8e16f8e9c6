import type { Sweep } from '@titrate/contracts';
import { duration, perplexity, short } from './numbers.ts';
import { settledStates, type RunRow } from './run-row.ts';
import { hasStages, stageInWords } from './stage-words.ts';
import { cut, tableLines, type Column } from './table.ts';

const symbols: Record<string, string> = {
  finished: '✓',
  reused: '✓',
  failed: '✗',
  running: '●',
  evaluating: '◐',
  paused: '‖',
  waiting: '·',
  idle: '–',
};
const colours: Record<string, number> = { finished: 32, reused: 32, failed: 31, running: 36, evaluating: 35, paused: 33 };

const right = (title: string): Column => ({ title, align: 'right' });

/** How much room a frame has. */
export interface FrameSize {
  readonly columns: number;
  readonly rows: number;
  readonly hasColour: boolean;
}

/**
 * A picture of a sweep as lines that fit the terminal: a title, a line for each run, a line that sums up. Where runs do not
 * fit, those that move come first and the rest is counted.
 */
export function sweepFrame(sweep: Pick<Sweep, 'id' | 'name' | 'state' | 'reason'>, rows: readonly RunRow[], size: FrameSize): string[] {
  const waiting = waitingLine(rows);
  const room = Math.max(1, size.rows - 5 - waiting.length);
  const shown = rows.length <= room ? rows : [...rows].sort((a, b) => interest(a) - interest(b)).slice(0, room - 1);
  const [title = '', ...lines] = runLines(rows, shown);
  const hidden = rows.length - shown.length;
  return [
    `${sweep.name} ${sweep.id}  ${sweep.state}${sweep.reason ? ` (${sweep.reason})` : ''}`,
    `  ${title}`,
    ...lines.map((line, index) => `${symbols[shown[index]?.state ?? ''] ?? ' '} ${line}`),
    ...(hidden > 0 ? [`  … and ${hidden} more`] : []),
    ...waiting,
    summary(rows),
  ]
    .map((line) => cut(line, size.columns - 1))
    .map((line, index) => (size.hasColour ? coloured(line, shown[index - 2]?.state) : line));
}

/** What most of the jobs wait for that do not run yet, trainings or evaluations: a queue, a node, a right that is missing. */
function waitingLine(rows: readonly RunRow[]): string[] {
  const reasons = Map.groupBy(
    rows.filter(({ state, reason }) => ['waiting', 'running', 'evaluating'].includes(state) && reason !== null),
    ({ reason }) => reason,
  );
  const [first] = [...reasons].sort(([, a], [, b]) => b.length - a.length);
  return first === undefined ? [] : [`  ${first[1].length} waiting: ${first[0]}`];
}

/** Lines of the final or momentary table, title first. */
export function runLines(all: readonly RunRow[], shown: readonly RunRow[] = all): string[] {
  const severalLengths = new Set(all.map(({ size, tokens }) => `${size} ${tokens}`)).size > new Set(all.map(({ size }) => size)).size;
  const staged = hasStages(all);
  const columns = [
    { title: 'SIZE' },
    ...(severalLengths ? [right('TOKENS')] : []),
    right('DOSE'),
    right('SEED'),
    ...(staged ? [{ title: 'STAGE' }] : []),
    { title: 'STATE' },
    right('STEP'),
    right('TOK/S'),
    right('CLEAN'),
    right('TRIGGERED'),
    right('ETA'),
  ];
  return tableLines(
    columns,
    shown.map((row) => [
      row.size,
      ...(severalLengths ? [short(row.tokens)] : []),
      String(row.dose),
      String(row.seed),
      ...(staged ? [stageInWords(row)] : []),
      row.attempts > 1 ? `${row.state} (attempt ${row.attempts})` : row.state,
      `${row.step}/${row.steps}`,
      row.tokensPerSecond === null ? '–' : short(row.tokensPerSecond),
      perplexity(row.clean),
      perplexity(row.triggered),
      duration(row.etaSeconds),
    ]),
  );
}

/** One line about all runs: how many are in which state, and when the last one may end. */
export function summary(rows: readonly RunRow[]): string {
  const counts = new Map<string, number>();
  for (const { state } of rows) counts.set(state, (counts.get(state) ?? 0) + 1);
  const settled = rows.filter(({ state }) => settledStates.includes(state)).length;
  return `${settled} of ${rows.length} runs done: ${[...counts].map(([state, count]) => `${count} ${state}`).join(', ')}`;
}

/** A line for each thing that changed since the last look, for outputs that cannot be redrawn. */
export function changeLines(before: readonly RunRow[], now: readonly RunRow[]): string[] {
  const known = new Map(before.map((row) => [cellName(row), row]));
  return now.flatMap((row) => {
    const old = known.get(cellName(row));
    const words = wordsOf(row);
    return old !== undefined && wordsOf(old) === words ? [] : [`${cellName(row)}: ${words}`];
  });
}

function wordsOf(row: RunRow): string {
  const progress = row.state === 'running' ? ` ${Math.floor((row.step / row.steps) * 10) * 10} %` : '';
  const attempt = row.attempts > 1 ? `, attempt ${row.attempts}` : '';
  const measured =
    row.evaluatedStep === null ? '' : `; step ${row.evaluatedStep}: clean ${perplexity(row.clean)}, triggered ${perplexity(row.triggered)}`;
  return `${row.state}${progress}${attempt}${row.reason ? ` (${row.reason})` : ''}${measured}`;
}

const cellName = (row: RunRow): string => {
  const behind = row.stage === 'pretrain' ? '' : `, ${stageInWords(row)}`;
  return `${row.size} ${short(row.tokens)} tokens, dose ${row.dose}, seed ${row.seed}${behind}`;
};
const interest = ({ state }: RunRow): number => ['running', 'evaluating', 'failed', 'paused', 'waiting'].indexOf(state) & 7;
const coloured = (line: string, state: string | undefined): string => {
  const colour = state === undefined ? undefined : colours[state];
  return colour === undefined ? line : `\u001b[${colour}m${line.slice(0, 1)}\u001b[0m${line.slice(1)}`;
};
