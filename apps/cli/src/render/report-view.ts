import type { Report } from '@titrate/contracts';
import { perplexity, short } from './numbers.ts';
import { table, wrap, type Column } from './table.ts';

const right = (title: string): Column => ({ title, align: 'right' });
const dash = '–';

/** A report in tables and words: the cells at their last checkpoint, the verdicts over seeds, verdict, caveats, within a width. */
export function reportView(report: Report, width: number): string {
  const several = report.analysis.conditions.some(({ seeds }) => seeds > 1);
  return [
    cellTable(report),
    '',
    wrap(
      `Perplexity at the last checkpoint; success is an increase above ${report.settings.successIncrease}. Effect: log ratio minus the clean arm's.`,
      width,
    ),
    ...(several ? ['', conditionTable(report), '', wrap(intervals(report), width)] : []),
    '',
    ...report.verdict.map((line) => wrap(line, width)),
    ...(report.caveats.length > 0
      ? ['', 'What this does not show:', ...report.caveats.map((caveat) => wrap(`- ${caveat}`, width, '  '))]
      : []),
  ].join('\n');
}

/** A line for each cell. */
function cellTable({ cells }: Report): string {
  const stages = cells.some(({ stage }) => stage !== 'pretrain');
  const numbers = ['DOSE', ...(stages ? ['COUNTER'] : []), 'SEED', 'CLEAN', 'TRIGGERED', 'INCREASE', 'BENIGN', 'SHAM', 'EFFECT'];
  const columns = [
    { title: 'SIZE' },
    right('TOKENS'),
    ...(stages ? [{ title: 'STAGE' }] : []),
    ...numbers.map(right),
    { title: 'SUCCESS' },
  ];
  const rows = cells.map((cell) => {
    const last = cell.points.at(-1);
    const of = [cell.size, cell.tokens === null ? dash : short(cell.tokens), ...(stages ? [cell.stage] : [])];
    const head = [...of, String(cell.dose + cell.stageDose), ...(stages ? [String(cell.counterexamples)] : []), String(cell.seed)];
    if (!last) return [...head, dash, dash, dash, dash, dash, dash, cell.reason ?? cell.state];
    const shown = [last.cleanPerplexity, last.triggeredPerplexity, last.increase, last.benignIncrease, last.shamIncrease].map(perplexity);
    return [...head, ...shown, last.effect === null ? dash : last.effect.toFixed(2), last.success ? 'yes' : 'no'];
  });
  return table(columns, rows);
}

/** A line for each poisoned condition with several seeds. */
function conditionTable({ analysis }: Report): string {
  const columns = [
    { title: 'SIZE' },
    right('TOKENS'),
    right('DOSE'),
    right('SEEDS'),
    right('TYPICAL'),
    right('INTERVAL'),
    right('ABOVE'),
    { title: 'VERDICT' },
  ];
  const poisoned = analysis.conditions.filter(({ dose, stageDose, counterexamples }) => dose + stageDose > 0 && counterexamples === 0);
  const rows = poisoned.map(({ size, tokens, dose, stageDose, seeds, increase, success }) => [
    size,
    tokens === null ? dash : short(tokens),
    String(dose + stageDose),
    String(seeds),
    perplexity(increase?.typical ?? null),
    increase?.interval ? `${bound(increase.interval.low)} to ${bound(increase.interval.high)}` : dash,
    success ? `${success.succeeded} of ${success.seeds}` : dash,
    success?.verdict ?? 'no result',
  ]);
  return table(columns, rows);
}

const bound = (value: number | null): string => (value === null ? 'unbounded' : perplexity(value));

const intervals = ({ settings }: Report): string =>
  `Typical increase over seeds with its ${settings.confidence * 100} % interval; verdicts are adjusted for the number of conditions.`;
