import { counted } from '../counted.ts';
import { measured } from '../measured.ts';
import { grown, now, sumBy } from '../queries.ts';
import { shown, shownOfRun } from '../shown.ts';
import type { Alert } from './alert.ts';

/** The API's objective: this share of its answers is not its own fault, over 30 days. */
const OBJECTIVE = 0.995;
/** Goodput below this for a day is looked at. */
const GOODPUT = 0.8;

const isWaiting = `${now(shownOfRun.waiting)} == 1`;
const age = (of: string): string => `(time() - ${of})`;
/** When a run last committed, or when it was launched. */
const since = `(${now(shownOfRun.checkpointTime)} or ${now(shownOfRun.launchTime)})`;
const burns = (factor: number, long: string, short: string): string =>
  ['long', 'short']
    .map((which) => `titrate:http_errors:ratio_rate${which === 'long' ? long : short} > ${(factor * (1 - OBJECTIVE)).toFixed(4)}`)
    .join(' and ');

/** Of trainings. */
const ofRuns: readonly Alert[] = [
  {
    name: 'TitrateRunStuck',
    expression: `${age(now(shownOfRun.progressTime))} > 1800 unless ${isWaiting}`,
    lasts: '5m',
    severity: 'page',
    summary: 'Run {{ $labels.run }} ({{ $labels.size }}, dose {{ $labels.dose }}) has told of no progress for half an hour.',
  },
  {
    name: 'TitrateCheckpointLate',
    expression: `${age(since)} > 2 * ${now(shownOfRun.checkpointInterval)} unless ${isWaiting}`,
    lasts: '10m',
    severity: 'ticket',
    summary: 'Run {{ $labels.run }} ({{ $labels.size }}) has committed no checkpoint in twice the time that its speed lets expect.',
  },
  {
    name: 'TitrateAttemptsExhausted',
    expression: `${grown(counted.runsEnded, '15m', 'state="failed"')} > 0`,
    lasts: '0m',
    severity: 'page',
    summary: '{{ $value | printf "%.0f" }} runs have failed for good in the last quarter of an hour.',
  },
  {
    name: 'TitrateLossNotFinite',
    expression: `${grown(counted.attemptsEnded, '15m', 'outcome="loss-not-finite"')} > 0`,
    lasts: '0m',
    severity: 'ticket',
    summary: 'The loss of a training was not finite.',
  },
  {
    name: 'TitrateGoodputLow',
    expression: `titrate:goodput:ratio_increase1d < ${GOODPUT}`,
    lasts: '1h',
    severity: 'ticket',
    summary: "Of the devices' time of the last day only {{ $value | humanizePercentage }} trained what was kept.",
  },
  {
    name: 'TitrateEvaluationBacklog',
    expression: `${now(shown.backlogAge)} > 3600`,
    lasts: '10m',
    severity: 'ticket',
    summary: 'A committed checkpoint has waited for its evaluation for {{ $value | humanizeDuration }}.',
  },
];

/** Of the control plane. */
const ofControlPlane: readonly Alert[] = [
  {
    name: 'TitrateOutboxStuck',
    expression: `${now(shown.outboxRows)} > 0`,
    lasts: '10m',
    severity: 'page',
    summary: 'Starts and signals have waited for Temporal for ten minutes: what was accepted does not begin.',
  },
  {
    name: 'TitrateLedgerBehind',
    expression: `${age(now(shown.ledgerTime))} > 7200 and on () ${sumBy([], now(shown.runs, 'state="running"'))} > 0`,
    lasts: '10m',
    severity: 'page',
    summary: 'Runs are at work, and the ledger has had no entry for two hours: what they do is not recorded.',
  },
  {
    name: 'TitrateApiErrorsFast',
    expression: burns(14.4, '1h', '5m'),
    lasts: '2m',
    severity: 'page',
    summary: 'The API fails so often that two days of it would use up the error budget of a month.',
  },
  {
    name: 'TitrateApiErrorsSlow',
    expression: burns(6, '6h', '30m'),
    lasts: '15m',
    severity: 'ticket',
    summary: 'The API fails so often that five days of it would use up the error budget of a month.',
  },
  {
    name: 'TitrateStoreErrors',
    expression: `sum(rate(${measured.storeRequests.name}_count{outcome!~"ok|404|412"}[10m])) / sum(rate(${measured.storeRequests.name}_count[10m])) > 0.05`,
    lasts: '10m',
    severity: 'page',
    summary: '{{ $value | humanizePercentage }} of the requests to the object store fail.',
  },
  {
    name: 'TitrateNoWorker',
    expression: 'absent(temporal_num_pollers > 0)',
    lasts: '5m',
    severity: 'page',
    summary: 'No worker asks Temporal for work: nothing is launched, watched or recorded.',
  },
  {
    name: 'TitrateNoApi',
    expression: `absent(${shown.ledgerEntries.name})`,
    lasts: '5m',
    severity: 'page',
    summary: 'No API tells metrics: it is away, or Prometheus cannot reach it.',
  },
];

export const alerts: readonly Alert[] = [...ofRuns, ...ofControlPlane];
