import { TextBoxVariableBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { counted } from '../counted.ts';
import { grown, now, sumBy } from '../queries.ts';
import { shown } from '../shown.ts';
import { dashboardOf } from './dashboard.ts';
import { lines, stacked, stat, table } from './panels.ts';

const gpuHours = (by: readonly string[]): string => `${sumBy(by, grown(counted.gpuSeconds, '$__range'))} / 3600`;

/** What was paid for, by whom, and for what. Counted when an attempt ends. */
export const cost = () =>
  dashboardOf(
    'cost',
    'Titrate: cost',
    'GPU-hours of trainings, counted when an attempt ends, and of evaluations, counted with their result without the start of their job; exact to the ledger.',
    [
      {
        title: 'In the time that is shown',
        panels: [
          stat({ title: 'GPU-hours', about: 'Of all attempts that ended', width: 6 }, { expression: gpuHours([]), legend: 'GPU-hours' }),
          stat(
            { title: 'Cost', about: 'At the price above', unit: 'currencyUSD', width: 6 },
            { expression: `${gpuHours([])} * $price`, legend: 'US dollars' },
          ),
          stat(
            { title: 'Goodput', about: 'Share that trained what was kept', unit: 'percentunit', width: 6 },
            {
              expression: `${sumBy([], grown(counted.useful, '$__range'))} / (${sumBy([], grown(counted.allocated, '$__range'))} > 0)`,
              legend: 'goodput',
            },
          ),
          stat(
            { title: 'Tokens', about: 'Of runs that were trained to the end', width: 6 },
            { expression: sumBy([], grown(counted.trainedTokens, '$__range')), legend: 'tokens' },
          ),
          table(
            { title: 'By team and size', about: 'GPU-hours, and the share that trained what was kept' },
            { expression: gpuHours(['team', 'size']), legend: 'GPU-hours' },
            {
              expression: `${sumBy(['team', 'size'], grown(counted.useful, '$__range'))} / (${sumBy(['team', 'size'], grown(counted.allocated, '$__range'))} > 0)`,
              legend: 'goodput',
            },
          ),
        ],
      },
      {
        title: 'Over time',
        panels: [
          stacked(
            { title: 'GPU-hours by team', about: 'Added up from the start of this control plane' },
            { expression: `${sumBy(['team'], now({ ...counted.gpuSeconds, kind: 'gauge' }))} / 3600`, legend: '{{team}}' },
          ),
          stacked(
            { title: 'GPU-hours by work', about: 'Training and evaluation, added up from the start of this control plane' },
            { expression: `${sumBy(['work'], now({ ...counted.gpuSeconds, kind: 'gauge' }))} / 3600`, legend: '{{work}}' },
          ),
          stacked(
            { title: 'GPU-hours by size', about: 'Added up from the start of this control plane' },
            { expression: `${sumBy(['size'], now({ ...counted.gpuSeconds, kind: 'gauge' }))} / 3600`, legend: '{{size}}' },
          ),
          lines(
            { title: 'GPU-hours of live sweeps', about: 'With attempts that are at work' },
            { expression: `${sumBy(['name', 'team'], now(shown.sweepGpuSeconds))} / 3600`, legend: '{{team}} {{name}}' },
          ),
          stacked(
            { title: 'Training lost to failures', about: 'A day', unit: 's' },
            { expression: grown(counted.lostSeconds, '1d'), legend: '{{failure}}' },
          ),
        ],
      },
    ],
    [new TextBoxVariableBuilder('price').label('US dollars per GPU-hour').defaultValue('2.5')],
  );
