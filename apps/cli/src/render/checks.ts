import type { Check, CheckState } from '@titrate/contracts';
import { wrap } from './table.ts';

const colours: Record<CheckState, number> = { ok: 32, warning: 33, failed: 31 };
const STATE_WIDTH = 'warning'.length;
const GAP = '  ';
/** What was asked takes no more of a line than this, so that the answer has room. */
const LARGEST_SHARE = 0.4;

/** How much room there is. */
export interface ListSize {
  readonly columns: number;
  readonly hasColour: boolean;
}

/** A line or more for each check: state, what was asked, what was found; below what is not well, how to mend it. Then how many are in each state. */
export function checkList(checks: readonly Check[], { columns, hasColour }: ListSize): string {
  const asked = checks.map(({ part, name }) => `${part}: ${name}`);
  const askedWidth = Math.min(Math.max(...asked.map(({ length }) => length)), Math.floor(columns * LARGEST_SHARE));
  const foundWidth = columns - 1 - STATE_WIDTH - askedWidth - 2 * GAP.length;
  const lines = checks.flatMap(({ state, found, mend }, index) => {
    const [left, right] = [wrap(asked[index]!, askedWidth, '  ').split('\n'), wrap(found, foundWidth).split('\n')];
    const word = painted(state.padEnd(STATE_WIDTH), state, hasColour);
    const body = Array.from({ length: Math.max(left.length, right.length) }, (_, row) =>
      [row === 0 ? word : ' '.repeat(STATE_WIDTH), (left[row] ?? '').padEnd(askedWidth), right[row] ?? ''].join(GAP).trimEnd(),
    );
    return mend === null ? body : [...body, ...advice(mend, columns)];
  });
  return [...lines, '', tally(checks)].join('\n');
}

function advice(mend: string, columns: number): string[] {
  const indent = ' '.repeat(STATE_WIDTH + GAP.length);
  return wrap(`> ${mend}`, columns - 1 - indent.length, '  ')
    .split('\n')
    .map((line) => indent + line);
}

function tally(checks: readonly Check[]): string {
  const count = (state: CheckState): number => checks.filter((check) => check.state === state).length;
  return `${count('ok')} ok, ${count('warning')} ${count('warning') === 1 ? 'warning' : 'warnings'}, ${count('failed')} failed`;
}

const painted = (text: string, state: CheckState, hasColour: boolean): string =>
  hasColour ? `\u001b[${colours[state]}m${text}\u001b[0m` : text;
