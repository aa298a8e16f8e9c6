import { now } from '../queries.ts';
import { shownOfRun } from '../shown.ts';
import { choice, dashboardOf } from './dashboard.ts';
import { lines, stat } from './panels.ts';

const OF = 'run=~"$run"';
const legend = '{{run}}';

/** Runs at work, one by one: do they learn, are they fast, do they commit? */
export const run = () =>
  dashboardOf(
    'run',
    'Titrate: run',
    'Runs with an attempt at work. The metrics of each step lie in the store, as metrics.jsonl of the attempt.',
    [
      {
        title: 'Progress',
        panels: [
          stat(
            { title: 'Done', about: 'Share of the steps', unit: 'percentunit', width: 6 },
            { expression: `${now(shownOfRun.step, OF)} / ${now(shownOfRun.steps, OF)}`, legend },
          ),
          stat({ title: 'Attempt', about: 'Number of the attempt at work', width: 6 }, { expression: now(shownOfRun.attempt, OF), legend }),
          stat(
            { title: 'Since the newest word', about: 'Seconds since the attempt told of progress', unit: 's', width: 6 },
            { expression: `time() - ${now(shownOfRun.progressTime, OF)}`, legend },
          ),
          stat(
            { title: 'Since the newest checkpoint', about: 'Seconds since a checkpoint was committed', unit: 's', width: 6 },
            { expression: `time() - ${now(shownOfRun.checkpointTime, OF)}`, legend },
          ),
        ],
      },
      {
        title: 'Training',
        panels: [
          lines({ title: 'Loss', about: 'Training loss' }, { expression: now(shownOfRun.loss, OF), legend }),
          lines({ title: 'Gradient norm', about: 'Before it is clipped' }, { expression: now(shownOfRun.gradientNorm, OF), legend }),
          lines({ title: 'Tokens a second', about: 'Of all ranks' }, { expression: now(shownOfRun.tokensPerSecond, OF), legend }),
          lines(
            {
              title: 'Utilisation (MFU)',
              about: 'Share of the peak of the hardware that the model uses; empty where the peak is not known, as on processors',
              unit: 'percentunit',
            },
            { expression: now(shownOfRun.mfu, OF), legend },
          ),
          lines(
            { title: 'Wait for data', about: 'Share of the time', unit: 'percentunit' },
            { expression: now(shownOfRun.dataWait, OF), legend },
          ),
          lines(
            { title: 'Checkpoints', about: 'Age of the newest, and the longest time that the speed lets expect', unit: 's' },
            { expression: `time() - ${now(shownOfRun.checkpointTime, OF)}`, legend: `${legend} age` },
            { expression: now(shownOfRun.checkpointInterval, OF), legend: `${legend} expected` },
          ),
        ],
      },
    ],
    [choice('run', 'Run', `label_values(${shownOfRun.steps.name}, run)`)],
  );
