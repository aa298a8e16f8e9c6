import { counted } from '../counted.ts';
import { grown, now, quantile, sumBy } from '../queries.ts';
import { shown, shownOfRun } from '../shown.ts';
import { dashboardOf } from './dashboard.ts';
import { lines, stacked, stat } from './panels.ts';

const W = '$__rate_interval';

/** What an operator looks at first: how much is at work, what waits, what fails, what the time is used for. */
export const fleet = () =>
  dashboardOf('fleet', 'Titrate: fleet', 'All sweeps and runs of this control plane.', [
    {
      title: 'Now',
      panels: [
        stat(
          { title: 'Sweeps at work', about: 'Sweeps that are accepted, running or analysing' },
          { expression: sumBy([], now(shown.sweeps, 'state=~"accepted|running|analysing"')), legend: 'sweeps' },
        ),
        stat(
          { title: 'Runs training', about: 'Runs with an attempt that trains' },
          { expression: now(shown.runs, 'state="running"'), legend: '{{state}}' },
        ),
        stat(
          { title: 'Runs waiting', about: 'Runs whose turn has not come' },
          { expression: now(shown.runs, 'state="waiting"'), legend: '{{state}}' },
        ),
        stat(
          { title: 'Evaluations open', about: 'Evaluations that wait or run' },
          { expression: sumBy([], now(shown.evaluations)), legend: 'open' },
        ),
        stat(
          { title: 'Tokens a second', about: 'Of all runs together' },
          { expression: `${sumBy([], now(shownOfRun.tokensPerSecond))} or vector(0)`, legend: 'tokens/s' },
        ),
        stat(
          {
            title: 'Goodput, a day',
            about: "Share of the devices' time of attempts that ended in the last day which trained what was kept",
            unit: 'percentunit',
          },
          { expression: 'titrate:goodput:ratio_increase1d', legend: 'goodput' },
        ),
      ],
    },
    {
      title: 'Work',
      panels: [
        stacked(
          { title: 'Runs by state', about: 'Those that have ended are left out' },
          { expression: now(shown.runs, 'state!~"finished|failed|idle"'), legend: '{{state}}' },
        ),
        stacked(
          { title: 'Tokens a second by size', about: 'As the runs at work tell it' },
          { expression: sumBy(['size'], now(shownOfRun.tokensPerSecond)), legend: '{{size}}' },
        ),
        lines(
          { title: 'Queue wait', about: 'From the launch of an attempt until its job runs', unit: 's' },
          { expression: quantile(counted.queueWait, 0.5, '1h'), legend: 'median' },
          { expression: quantile(counted.queueWait, 0.95, '1h'), legend: '95 %' },
        ),
        lines(
          { title: 'Submission to start', about: 'From the submission of a sweep until a run of it trains', unit: 's' },
          { expression: quantile(counted.submitToStart, 0.5, '1h'), legend: 'median' },
          { expression: quantile(counted.submitToStart, 0.95, '1h'), legend: '95 %' },
        ),
      ],
    },
    {
      title: 'Failures',
      panels: [
        stacked(
          { title: 'Attempts that ended', about: 'In each interval, by success or class of failure' },
          { expression: `${grown(counted.attemptsEnded, W)} > 0`, legend: '{{outcome}}' },
        ),
        stacked(
          { title: 'Training lost to failures', about: 'From the newest resume point to the failure', unit: 's' },
          { expression: `${grown(counted.lostSeconds, W)} > 0`, legend: '{{failure}}' },
        ),
        lines(
          {
            title: 'Goodput',
            about: "Share of the devices' time of attempts that ended in the window which trained what was kept",
            unit: 'percentunit',
            max: 1,
          },
          { expression: 'titrate:goodput:ratio_increase6h', legend: '6 hours' },
          { expression: 'titrate:goodput:ratio_increase1d', legend: 'a day' },
        ),
        stacked(
          { title: 'Checkpoints', about: 'Bytes committed a second', unit: 'Bps' },
          { expression: `max by (kind) (rate(${counted.checkpointBytes.name}[${W}]))`, legend: '{{kind}}' },
        ),
      ],
    },
  ]);
