import type { Attempt, Run, Sweep } from '@titrate/contracts';
import { duration, perplexity, short } from './numbers.ts';
import { table, type Column } from './table.ts';

const right = (title: string): Column => ({ title, align: 'right' });
const counts = (states: Readonly<Record<string, number | undefined>>): string =>
  Object.entries(states)
    .filter(([, count]) => (count ?? 0) > 0)
    .map(([state, count]) => `${count} ${state}`)
    .join(', ') || '–';
const moment = (at: string | null): string => (at === null ? '–' : at.slice(0, 16).replace('T', ' '));

/** Sweeps, the newest first as the server lists them. */
export function sweepList(sweeps: readonly Sweep[]): string {
  const columns = [{ title: 'SWEEP' }, { title: 'NAME' }, { title: 'STATE' }, { title: 'RUNS' }, { title: 'CREATED (UTC)' }];
  return table(
    columns,
    sweeps.map(({ id, name, state, runs, createdAt }) => [id, name, state, counts(runs), moment(createdAt)]),
  );
}

/** One sweep in a few lines. */
export function sweepView(sweep: Sweep): string {
  const lines = {
    id: sweep.id,
    state: sweep.state + (sweep.reason ? ` (${sweep.reason})` : ''),
    runs: counts(sweep.runs),
    evaluations: counts(sweep.evaluations),
    labels: Object.entries(sweep.labels)
      .map(([key, value]) => `${key}:${value}`)
      .join(' '),
    created: `${moment(sweep.createdAt)} UTC`,
    finished: sweep.finishedAt === null ? '' : `${moment(sweep.finishedAt)} UTC`,
  };
  return [
    sweep.name,
    ...Object.entries(lines)
      .filter(([, text]) => text !== '')
      .map(([key, text]) => `  ${key.padEnd(12)}${text}`),
  ].join('\n');
}

/** Runs with what is known of them now. */
export function runList(runs: readonly Run[]): string {
  const columns = [
    { title: 'RUN' },
    { title: 'SIZE' },
    right('TOKENS'),
    right('DOSE'),
    { title: 'STATE' },
    right('STEP'),
    right('ATTEMPTS'),
    right('CLEAN'),
    right('TRIGGERED'),
  ];
  const rows = runs.map((run) => {
    const { id, size, tokens, dose, state, step, steps, attempts, latest } = run;
    return [
      id.slice(0, 12),
      size,
      short(tokens),
      String(dose),
      state,
      `${step}/${steps}`,
      String(attempts),
      perplexity(latest?.cleanPerplexity),
      perplexity(latest?.triggeredPerplexity),
    ];
  });
  return table(columns, rows);
}

/** The starts of a run's job, first to last. */
export function attemptList(attempts: readonly Attempt[]): string {
  const columns = [
    right('ATTEMPT'),
    { title: 'STATE' },
    { title: 'FAILURE' },
    { title: 'NODE' },
    right('FROM STEP'),
    right('LOST'),
    { title: 'STARTED (UTC)' },
    { title: 'ENDED (UTC)' },
    { title: 'WAITS FOR, OR SAID LAST' },
  ];
  const rows = attempts.map(({ number, state, failure, node, resumedStep, lostSeconds, startedAt, endedAt, waiting, message }) => [
    ...[String(number), state, failure ?? '–', node ?? '–', resumedStep === null ? '–' : String(resumedStep), duration(lostSeconds)],
    ...[moment(startedAt), moment(endedAt), waiting ?? message?.split('\n').at(-1) ?? '–'],
  ]);
  return table(columns, rows);
}

/** What a size is, in a line. */
interface SizeLine {
  readonly name: string;
  readonly shape: { readonly width: number; readonly layers: number; readonly heads: number; readonly feedForwardWidth: number };
  readonly training: { readonly sequenceLength: number; readonly batchInstances: number; readonly learningRate: number };
  readonly throughput: { readonly tokensPerSecond: number; readonly gpus: number };
}

/** The sizes that specs may name. */
export function sizeList(sizes: readonly SizeLine[]): string {
  const columns = [
    { title: 'SIZE' },
    right('WIDTH'),
    right('LAYERS'),
    right('HEADS'),
    right('FEED-FORWARD'),
    right('SEQUENCE'),
    right('BATCH'),
    right('RATE'),
    right('TOK/S'),
    right('GPUS'),
  ];
  const rows = sizes.map(({ name, shape, training, throughput }) =>
    [
      name,
      shape.width,
      shape.layers,
      shape.heads,
      shape.feedForwardWidth,
      training.sequenceLength,
      training.batchInstances,
      training.learningRate,
      short(throughput.tokensPerSecond),
      throughput.gpus,
    ].map(String),
  );
  return table(columns, rows);
}
