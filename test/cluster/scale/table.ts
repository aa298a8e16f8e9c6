import type { BareJobs } from './bare-jobs.ts';
import type { Measurement, Spread } from './measure.ts';

/** What another workflow engine took on the same kind of machine: 300 workflows of one kwok pod each in 42 s, on two cores. */
const ARGO = { cpuSecondsPerWorkflow: (42 * 2) / 300, words: 'Argo Workflows, 300 workflows of one kwok pod each: 42 s on two cores' };

/** What the numbers are to be held against: another engine, which makes one pod where a run makes two, and Kubernetes alone. */
export function yardstickOf(measurements: readonly Measurement[], bare: BareJobs | null): string {
  const cost = (seconds: number | null) => (seconds === null ? 'not known' : `${seconds.toFixed(2)} CPU-s`);
  const lines = measurements.map((each) => {
    const all = sum(Object.values(each.cpuSeconds));
    return `${each.runs} runs, ${each.evaluationsPerRun} evaluations each: ${cost(all / each.runs)} a run, ${cost(all / jobsOf(each))} a Job, all processes`;
  });
  const alone = bare === null ? [] : [`Kubernetes alone, ${bare.jobs} Jobs of one pod each: ${cost(bare.cpuSecondsPerJob)} a Job`];
  return [...lines, ...alone, `${ARGO.words}, so at most ${cost(ARGO.cpuSecondsPerWorkflow)} a workflow, all processes`].join('\n');
}

const jobsOf = ({ jobs }: Measurement): number => sum(Object.values(jobs));

type Row = readonly [name: string, cell: (measurement: Measurement) => string];

/** Measurements side by side, for people. Costs stand per run, so that one sees how they grow. */
export function tableOf(measurements: readonly Measurement[]): string {
  const processes = [...new Set(measurements.flatMap(({ cpuSeconds }) => Object.keys(cpuSeconds)))];
  const rows: Row[] = [
    ['runs', ({ runs }) => String(runs)],
    ['evaluations per run', ({ evaluationsPerRun }) => String(evaluationsPerRun)],
    ['seconds, all runs finished', ({ seconds }) => seconds.toFixed(1)],
    ['seconds, with the report', ({ secondsToReport }) => secondsToReport.toFixed(1)],
    ['runs per second', ({ runs, seconds }) => (runs / seconds).toFixed(1)],
    ['submit to pod, s: median / p99', ({ submitToPod }) => inWords(submitToPod)],
    ['checkpoint to result, s: median / p99', ({ checkpointToResult }) => inWords(checkpointToResult)],
    ['Jobs per run', ({ jobs, runs }) => (((jobs['train'] ?? 0) + (jobs['evaluate'] ?? 0)) / runs).toFixed(1)],
    ['API requests per run, all', ({ requests, runs }) => (sum(requests.all.values()) / runs).toFixed(1)],
    ["API requests per run, the worker's", ({ requests, runs }) => (requests.counted / runs).toFixed(1)],
    ...processes.map((name): Row => [`CPU-s per run, ${name}`, (each) => perRun(each, each.cpuSeconds[name])]),
    ['CPU-s per run, all', ({ cpuSeconds, runs }) => (sum(Object.values(cpuSeconds)) / runs).toFixed(3)],
    ['worker, peak MiB', ({ workerPeakBytes }) => (workerPeakBytes / 2 ** 20).toFixed(0)],
    ['history events per run', ({ histories, runs }) => (sum(histories.map(({ events }) => events)) / runs).toFixed(0)],
    ['longest history', ({ histories }) => String(Math.max(...histories.map(({ longest }) => longest)))],
    ['lost or doubled', ({ faults }) => String(faults.length)],
  ];
  const cells = rows.map(([name, cell]) => [name, ...measurements.map(cell)]);
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  return cells
    .map((row) => row.map((text, at) => (at === 0 ? text.padEnd(widths[at]!) : text.padStart(widths[at]!))).join('  '))
    .join('\n');
}

const inWords = ({ median, p99 }: Spread): string => `${median.toFixed(1)} / ${p99.toFixed(1)}`;
const perRun = ({ runs }: Measurement, seconds: number | undefined): string => (seconds === undefined ? '-' : (seconds / runs).toFixed(3));
const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

/** The same as JSON: maps become objects. */
export const jsonOf = (numbers: { bare: BareJobs | null; measurements: readonly Measurement[] }): string =>
  `${JSON.stringify(numbers, (_, value: unknown) => (value instanceof Map ? Object.fromEntries(value) : value), 2)}\n`;
