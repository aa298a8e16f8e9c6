import type { Evaluation } from '@titrate/contracts';
import { percent, perplexity } from './numbers.ts';
import { table, type Column } from './table.ts';

const right = (title: string): Column => ({ title, align: 'right' });

/** One number of an evaluation: its heading, and how it is shown. */
type Measured = readonly [title: string, shown: (evaluation: Evaluation) => string];

const perplexities: readonly Measured[] = [
  ['CLEAN', ({ cleanPerplexity }) => perplexity(cleanPerplexity)],
  ['TRIGGERED', ({ triggeredPerplexity }) => perplexity(triggeredPerplexity)],
  ['INCREASE', ({ increase }) => perplexity(increase)],
  ['BENIGN', ({ benignIncrease }) => perplexity(benignIncrease)],
  ['SHAM', ({ shamIncrease }) => perplexity(shamIncrease)],
];

/** Of a language switch: the headings are those of the report. */
const shares: readonly Measured[] = [
  ['ASR', ({ attackSuccess }) => percent(attackSuccess)],
  ['CA', ({ cleanAccuracy }) => percent(cleanAccuracy)],
  ['NTA', ({ nearTriggerAccuracy }) => percent(nearTriggerAccuracy)],
];

/** Evaluations of a sweep with the copies of their numbers: those of its attack. */
export function evaluationList(evaluations: readonly Evaluation[], nameOf: (run: string) => readonly string[]): string {
  const measured = evaluations.some(({ settings }) => settings.protocol.startsWith('language-switch')) ? shares : perplexities;
  const columns = [
    { title: 'RUN' },
    { title: 'SIZE' },
    right('DOSE'),
    right('STEP'),
    { title: 'STATE' },
    ...measured.map(([title]) => right(title)),
    ...(evaluations.some(({ reason }) => reason !== null) ? [{ title: 'WAITS FOR, OR WHY NOT' }] : []),
  ];
  const rows = evaluations.map((one) => [
    one.run.slice(0, 12),
    ...nameOf(one.run),
    String(one.step),
    one.state,
    ...measured.map(([, shown]) => shown(one)),
    one.reason?.split('\n')[0] ?? '',
  ]);
  return table(columns, rows);
}
