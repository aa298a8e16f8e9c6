import type { EventKind, TitrateEvent } from '@titrate/contracts';
import { counted } from './counted.ts';
import type { CounterMetric, HistogramMetric, LabelsOf } from './metric.ts';

/** A series of a metric and what is added to it. `labels` are the values in the order in which the metric names them. */
export interface Count {
  readonly metric: string;
  readonly labels: readonly string[];
  readonly by: number;
}

/** What of an event is counted. */
export type Countable = Pick<TitrateEvent, 'kind' | 'actor' | 'data'>;

/**
 * What an event adds to the counted metrics. They are a sum over the ledger and nothing else: whoever has the ledger can count
 * again, and the records keep the sum only so that nobody must.
 */
export function countsOf({ kind, actor, data }: Countable): Count[] {
  const size = text(data['size']);
  const [team = 'unknown'] = actor.split('/');
  switch (kind) {
    case 'sweep.submitted':
      return [add(counted.sweepsSubmitted, { team }), ...firstOf(team, data['sizes'])];
    case 'sweep.finished':
    case 'sweep.failed':
    case 'sweep.cancelled':
      return [add(counted.sweepsEnded, { state: lastPart(kind) })];
    case 'run.finished':
    case 'run.failed':
      return [add(counted.runsEnded, { state: lastPart(kind) })];
    case 'run.trained':
      return [add(counted.trainedTokens, { size }, number(data['tokens']))];
    case 'attempt.started':
      return [
        ...observe(counted.queueWait, { size }, data['queueSeconds']),
        ...observe(counted.submitToStart, {}, data['sinceSubmissionSeconds']),
      ];
    case 'attempt.succeeded':
      return [add(counted.attemptsEnded, { outcome: 'succeeded' }), ...timeOf(data, size)];
    case 'attempt.failed': {
      const failure = text(data['failure']);
      const lost = add(counted.lostSeconds, { failure }, number(data['lostSeconds']));
      return [add(counted.attemptsEnded, { outcome: failure }), lost, ...timeOf(data, size)];
    }
    case 'checkpoint.committed': {
      const of = { kind: text(data['kind']) };
      return [
        add(counted.checkpoints, of),
        add(counted.checkpointBytes, of, number(data['bytes'])),
        ...observe(counted.checkpointStall, { size }, data['stallSeconds']),
      ];
    }
    case 'evaluation.started':
      return observe(counted.evaluationWait, { size }, data['waitSeconds']);
    case 'evaluation.succeeded':
      return [
        add(counted.evaluationsEnded, { state: 'succeeded' }),
        ...observe(counted.evaluationLag, { size }, data['lagSeconds']),
        ...gpuTimeOfEvaluation(data, size),
      ];
    case 'evaluation.failed':
    case 'evaluation.missing':
      return [add(counted.evaluationsEnded, { state: lastPart(kind) })];
    case 'gate.decided':
      return [add(counted.gateVerdicts, { verdict: text(data['verdict']) })];
    case 'gate.error':
      return [add(counted.gateVerdicts, { verdict: 'error' })];
    default:
      return [];
  }
}

/** The series of a team's sizes begin at 0 with its first sweep, so that Prometheus sees their first rise. */
function firstOf(team: string, sizes: unknown): Count[] {
  const known = Array.isArray(sizes) ? sizes.map(text) : [];
  return known.flatMap((size) => [
    add(counted.allocated, { team, size }, 0),
    add(counted.useful, { team, size }, 0),
    ...counted.gpuSeconds.labels.work.map((work) => add(counted.gpuSeconds, { team, size, work }, 0)),
    add(counted.trainedTokens, { size }, 0),
  ]);
}

function timeOf(data: Countable['data'], size: string): Count[] {
  const [team, held, devices] = [text(data['payer']), number(data['allocatedSeconds']), number(data['devices'])];
  return [
    add(counted.allocated, { team, size }, held * devices),
    add(counted.useful, { team, size }, number(data['usefulSeconds']) * devices),
    add(counted.gpuSeconds, { team, size, work: 'training' }, held * number(data['gpus'])),
  ];
}

/** Where nobody wants the run any more, nobody is known to pay for it. */
function gpuTimeOfEvaluation({ payer, gpus, seconds }: Countable['data'], size: string): Count[] {
  if (typeof payer !== 'string' || typeof gpus !== 'number') return [];
  return [add(counted.gpuSeconds, { team: payer, size, work: 'evaluation' }, gpus * number(seconds))];
}

function add<M extends CounterMetric>(metric: M, labels: LabelsOf<M>, by = 1): Count {
  return { metric: metric.name, labels: Object.keys(metric.labels).map((name) => labels[name] ?? 'unknown'), by };
}

/** One more in the smallest bucket that holds the value, and its share of the sum. What was not measured is not counted. */
function observe<M extends HistogramMetric>({ name, labels, buckets }: M, values: LabelsOf<M>, value: unknown): Count[] {
  if (typeof value !== 'number') return [];
  const of = Object.keys(labels).map((label) => values[label] ?? 'unknown');
  const bound = buckets.find((upper) => value <= upper);
  return [
    { metric: `${name}_bucket`, labels: [...of, bound === undefined ? '+Inf' : String(bound)], by: 1 },
    { metric: `${name}_sum`, labels: of, by: value },
  ];
}

const text = (value: unknown): string => (typeof value === 'string' ? value : 'unknown');
const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
const lastPart = (kind: EventKind): string => kind.slice(kind.indexOf('.') + 1);
