import type { Report } from '@titrate/contracts';
import { perplexity, short } from './numbers.ts';
import { table, wrap, type Column } from './table.ts';

const right = (title: string): Column => ({ title, align: 'right' });

/** A report in a table and words: a line for each cell at its last checkpoint, the verdict, the caveats, within a width. */
export function reportView(report: Report, width: number): string {
  const columns = [
    { title: 'SIZE' },
    right('TOKENS'),
    right('DOSE'),
    right('SEED'),
    right('CLEAN'),
    right('TRIGGERED'),
    right('INCREASE'),
    right('BENIGN'),
    right('SHAM'),
    right('EFFECT'),
    { title: 'SUCCESS' },
  ];
  const rows = report.cells.map((cell) => {
    const last = cell.points.at(-1);
    const head = [cell.size, short(cell.tokens), String(cell.dose), String(cell.seed)];
    if (!last) return [...head, '–', '–', '–', '–', '–', '–', cell.reason ?? cell.state];
    const numbers = [last.cleanPerplexity, last.triggeredPerplexity, last.increase, last.benignIncrease, last.shamIncrease].map(perplexity);
    return [...head, ...numbers, last.effect === null ? '–' : last.effect.toFixed(2), last.success ? 'yes' : 'no'];
  });
  return [
    table(columns, rows),
    '',
    wrap(
      `Perplexity at the last checkpoint; success is an increase above ${report.successIncrease}. Effect: log ratio minus the clean arm's.`,
      width,
    ),
    '',
    ...report.verdict.map((line) => wrap(line, width)),
    ...(report.caveats.length > 0
      ? ['', 'What this does not show:', ...report.caveats.map((caveat) => wrap(`- ${caveat}`, width, '  '))]
      : []),
  ].join('\n');
}
