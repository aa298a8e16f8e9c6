import { counted } from '../counted.ts';
import { grown, now, quantile } from '../queries.ts';
import { shown } from '../shown.ts';
import { dashboardOf } from './dashboard.ts';
import { lines, stacked, stat } from './panels.ts';

/** Does every checkpoint get its result, and how soon? */
export const evaluation = () =>
  dashboardOf('evaluation', 'Titrate: evaluation', 'Evaluations of committed checkpoints, which training never waits for.', [
    {
      title: 'Backlog',
      panels: [
        stat(
          { title: 'Open', about: 'Evaluations without a result yet', width: 6 },
          { expression: now(shown.evaluations), legend: '{{state}}' },
        ),
        stat(
          { title: 'Oldest', about: 'How long the oldest committed checkpoint has waited for its result', unit: 's', width: 6 },
          { expression: now(shown.backlogAge), legend: 'waits' },
        ),
        stat(
          { title: 'Failed, a day', about: 'Evaluations that ended without a result', width: 6 },
          { expression: grown(counted.evaluationsEnded, '1d', 'state!="succeeded"'), legend: '{{state}}' },
        ),
        stat(
          { title: 'Succeeded, a day', about: 'Evaluations that ended with a result', width: 6 },
          { expression: grown(counted.evaluationsEnded, '1d', 'state="succeeded"'), legend: '{{state}}' },
        ),
      ],
    },
    {
      title: 'Lag',
      panels: [
        lines(
          { title: 'From commit to result', about: 'Median, by size', unit: 's' },
          { expression: quantile(counted.evaluationLag, 0.5, '1h', ['size']), legend: '{{size}}' },
        ),
        lines(
          { title: 'From commit to result, 95 %', about: 'By size', unit: 's' },
          { expression: quantile(counted.evaluationLag, 0.95, '1h', ['size']), legend: '{{size}}' },
        ),
        lines(
          { title: 'From commit to a job, 95 %', about: 'Until a job has it in hand, by size', unit: 's' },
          { expression: quantile(counted.evaluationWait, 0.95, '1h', ['size']), legend: '{{size}}' },
        ),
        stacked({ title: 'Open evaluations', about: 'By state' }, { expression: now(shown.evaluations), legend: '{{state}}' }),
        stacked(
          { title: 'Evaluations that ended', about: 'In each interval, by how' },
          { expression: grown(counted.evaluationsEnded, '$__rate_interval'), legend: '{{state}}' },
        ),
      ],
    },
  ]);
