import { now, sumBy } from '../queries.ts';
import { shown, shownOfRun } from '../shown.ts';
import { choice, dashboardOf } from './dashboard.ts';
import { lines, stacked, stat, table } from './panels.ts';

const OF = 'sweep=~"$sweep"';

/** One sweep, or several that are live, with their runs at work. */
export const sweep = () =>
  dashboardOf(
    'sweep',
    'Titrate: sweep',
    'Sweeps that have not ended, and their runs at work. What has ended is in the report.',
    [
      {
        title: 'Runs',
        panels: [
          stacked(
            { title: 'Runs by state', about: 'Of the sweeps that are chosen' },
            { expression: sumBy(['state'], now(shown.sweepRuns, OF)), legend: '{{state}}' },
          ),
          stat(
            { title: 'Done', about: 'Share of the runs that are finished', unit: 'percentunit', width: 6 },
            {
              expression: `${sumBy(['name'], now(shown.sweepRuns, `${OF}, state="finished"`))} / ${sumBy(['name'], now(shown.sweepRuns, OF))}`,
              legend: '{{name}}',
            },
          ),
          stat(
            { title: 'GPU-hours', about: 'Of trainings that no earlier sweep pays for', width: 6 },
            { expression: `${sumBy(['name'], now(shown.sweepGpuSeconds, OF))} / 3600`, legend: '{{name}}' },
          ),
          table(
            { title: 'Runs at work', about: 'How far each is, and how fast' },
            { expression: `${now(shownOfRun.step, OF)} / ${now(shownOfRun.steps, OF)}`, legend: 'done' },
            { expression: now(shownOfRun.tokensPerSecond, OF), legend: 'tokens/s' },
            { expression: now(shownOfRun.loss, OF), legend: 'loss' },
            { expression: now(shownOfRun.attempt, OF), legend: 'attempt' },
          ),
        ],
      },
      {
        title: 'Training',
        panels: [
          lines(
            { title: 'Loss', about: 'Training loss of each run at work' },
            { expression: now(shownOfRun.loss, OF), legend: '{{size}} dose {{dose}} {{run}}' },
          ),
          lines(
            { title: 'Tokens a second', about: 'Of all ranks of a run' },
            { expression: now(shownOfRun.tokensPerSecond, OF), legend: '{{size}} dose {{dose}} {{run}}' },
          ),
        ],
      },
    ],
    [choice('sweep', 'Sweep', `label_values(${shown.sweepRuns.name}, sweep)`)],
  );
