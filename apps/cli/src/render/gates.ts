import type { AppliedGate, Gate, GateReport, GateRow } from '@titrate/contracts';
import { table } from './table.ts';

/** A gate as people read it: the verdict, each comparison with its numbers and what they rest on, and the reasons in words. */
export function gateView(applied: AppliedGate, report: GateReport | null): string {
  const { id, sweep, sweepName, baseline, state, reason } = applied;
  const head = `Gate ${id}: ${sweepName} (${sweep}) against ${baseline.name} version ${baseline.version}: ${state}`;
  if (report === null) return `${head}\n${reason ?? 'Ask again, or with --wait, for the verdict.'}`;
  const reasons = report.reasons.map((words) => `  ${words}`);
  const { key, sha256 } = applied.report ?? { key: '', sha256: '' };
  return [head, '', rowTable(report.rows), '', ...reasons, ...consequence(applied), '', `Report ${key} (sha256 ${sha256})`].join('\n');
}

function rowTable(rows: readonly GateRow[]): string {
  const right = { align: 'right' as const };
  const columns = [
    { title: 'CRITERION' },
    { title: 'CONDITION' },
    { title: 'WORSE BY', ...right },
    { title: 'INTERVAL', ...right },
    { title: 'MARGIN', ...right },
    { title: 'P', ...right },
    { title: 'OVER', ...right },
    { title: 'VERDICT' },
    { title: 'RESULTS' },
  ];
  return table(columns, rows.map(cells));
}

function cells(row: GateRow): string[] {
  const number = (value: number | null) => (value === null ? '-' : shown(row.metric, value));
  const { interval, adjustedPWorse, replicate, replicates } = row;
  return [
    row.metric,
    conditionOf(row),
    number(row.change),
    interval === null ? '-' : `${number(interval.low)} to ${number(interval.high)}`,
    number(row.margin),
    adjustedPWorse === null ? '-' : adjustedPWorse.toFixed(3),
    replicate === 'none' ? '-' : `${replicates} ${replicate}s`,
    row.verdict,
    evidenceOf(row),
  ];
}

/** How many results of each side, and the first of them by the beginning of their digests. */
function evidenceOf({ evidence }: GateRow): string {
  const side = (name: string) => evidence.filter((one) => one.side === name).map(({ result }) => result.slice(0, 8));
  const told = (digests: readonly string[]) =>
    digests.length > 2 ? `${digests.slice(0, 2).join(' ')} and ${digests.length - 2} more` : digests.join(' ');
  return evidence.length === 0 ? '-' : `${told(side('candidate'))} | ${told(side('baseline'))}`;
}

/** Logs of ratios are read as percentages; a fall of tokens per second is worse. */
function shown(metric: string, value: number): string {
  const percent = (share: number) => `${share >= 0 ? '+' : ''}${(100 * share).toFixed(2)} %`;
  if (metric === 'clean-perplexity') return percent(Math.expm1(value));
  if (metric === 'throughput' || metric === 'mfu') return percent(-Math.expm1(-value));
  if (metric === 'cost' || metric === 'completeness') return percent(value);
  return `${value >= 0 ? '+' : ''}${value.toFixed(3)}`;
}

function conditionOf({ condition }: GateRow): string {
  if (condition === null) return 'whole sweep';
  const { size, dose, stageDose, stage, counterexamples } = condition;
  const later = stage === 'pretrain' ? [] : [stage];
  return [size, `${dose + stageDose} poisoned`, ...later, ...(counterexamples > 0 ? [`${counterexamples} counterexamples`] : [])].join(
    ', ',
  );
}

/** What follows where the results decide nothing. */
function consequence({ state, gate }: AppliedGate): string[] {
  return state === 'inconclusive' ? ['', `Inconclusive: ${inWords(gate.onInconclusive)}`] : [];
}

function inWords(what: Gate['onInconclusive']): string {
  if (what === 'pass') return 'the gate lets this pass.';
  if (what === 'fail') return 'the gate counts this as a failure.';
  const { seeds, prompts, atMost } = what.rerun;
  const more = seeds === undefined ? `${prompts} times as many prompts` : `${seeds} more seed${seeds === 1 ? '' : 's'}`;
  return `a schedule would run again with ${more}, at most ${atMost} time${atMost === 1 ? '' : 's'}; by hand, amend the sweep so and ask again.`;
}
