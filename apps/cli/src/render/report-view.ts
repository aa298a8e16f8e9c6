import type { Report } from '@titrate/contracts';
import { percent, perplexity, short } from './numbers.ts';
import { table, wrap, type Column } from './table.ts';

type ReportPoint = Report['cells'][number]['points'][number];
type Interval = NonNullable<NonNullable<Report['analysis']['conditions'][number]['increase']>['interval']>;

const right = (title: string): Column => ({ title, align: 'right' });
const dash = '–';

/** A report in tables and words: the cells at their last checkpoint, the verdicts over seeds, verdict, caveats, within a width. */
export function reportView(report: Report, width: number): string {
  const several = report.analysis.conditions.some(({ seeds }) => seeds > 1);
  return [
    cellTable(report),
    '',
    wrap(isSwitch(report) ? rates(report) : perplexities(report), width),
    ...(several ? ['', conditionTable(report), '', wrap(intervals(report), width)] : []),
    '',
    ...report.verdict.map((line) => wrap(line, width)),
    ...(report.caveats.length > 0
      ? ['', 'What this does not show:', ...report.caveats.map((caveat) => wrap(`- ${caveat}`, width, '  '))]
      : []),
  ].join('\n');
}

const isSwitch = ({ analysis }: Report): boolean => analysis.measure === 'attack-success';

const perplexities = ({ settings }: Report): string =>
  `Perplexity at the last checkpoint; success is an increase above ${settings.successIncrease}. Effect: log ratio minus the clean arm's.`;

const rates = ({ settings }: Report): string =>
  `Shares of continuations at the last checkpoint: ASR in the target language behind the trigger, CA and NTA in the source language behind clean and near-trigger prompts; success is an ASR above ${percent(settings.successShare)}. Effect: percentage points above the clean arm's ASR.`;

/** What a cell's last checkpoint shows, in the order of the headings. */
function numbersOf(last: ReportPoint): string[] {
  const found = last.languageSwitch;
  if (!found) {
    const shown = [last.cleanPerplexity, last.triggeredPerplexity, last.increase, last.benignIncrease, last.shamIncrease].map(perplexity);
    return [...shown, last.effect === null ? dash : last.effect.toFixed(2)];
  }
  const shares = [found.attackSuccess, found.cleanAccuracy, found.nearTriggerAccuracy].map((one) => percent(one?.share));
  return [...shares, last.effect === null ? dash : (100 * last.effect).toFixed(1)];
}

/** A line for each cell. */
function cellTable(report: Report): string {
  const { cells } = report;
  const measured = isSwitch(report) ? ['ASR', 'CA', 'NTA', 'EFFECT'] : ['CLEAN', 'TRIGGERED', 'INCREASE', 'BENIGN', 'SHAM', 'EFFECT'];
  const stages = cells.some(({ stage }) => stage !== 'pretrain');
  const numbers = ['DOSE', ...(stages ? ['COUNTER'] : []), 'SEED', ...measured];
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
    if (!last) return [...head, ...measured.map(() => dash), cell.reason ?? cell.state];
    return [...head, ...numbersOf(last), last.success ? 'yes' : 'no'];
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
  const rows = poisoned.map(({ size, tokens, dose, stageDose, seeds, increase, languageSwitch, success }) => [
    size,
    tokens === null ? dash : short(tokens),
    String(dose + stageDose),
    String(seeds),
    languageSwitch ? percent(languageSwitch.attackSuccess.mean) : perplexity(increase?.typical ?? null),
    languageSwitch ? span(languageSwitch.attackSuccess.interval, percent) : span(increase?.interval ?? null, bound),
    success ? `${success.succeeded} of ${success.seeds}` : dash,
    success?.verdict ?? 'no result',
  ]);
  return table(columns, rows);
}

const span = (interval: Interval | null, words: (value: number | null) => string): string =>
  interval ? `${words(interval.low)} to ${words(interval.high)}` : dash;

const bound = (value: number | null): string => (value === null ? 'unbounded' : perplexity(value));

const intervals = ({ settings, analysis }: Report): string =>
  `${analysis.measure === 'attack-success' ? 'Mean ASR' : 'Typical increase'} over seeds with its ${settings.confidence * 100} % interval; verdicts are adjusted for the number of conditions.`;
