import type { CellStatus } from '@titrate/contracts';
import { memo, useCallback, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useLocation } from 'wouter';
import { count, number } from '../parts/format.ts';
import { looksOf } from '../parts/state.tsx';
import { familyOf, hasSeveralTokens } from './conditions.ts';

export type Colouring = 'state' | 'effect';
type Effects = ReadonlyMap<string, { readonly effect: number | null; readonly step: number }>;

interface MatrixProps {
  readonly cells: readonly CellStatus[];
  readonly effects: Effects;
  readonly colouring: Colouring;
}

/** A cell with its place: the row it stands in and the number in it. */
interface Placed {
  readonly cell: CellStatus;
  readonly family: string;
  readonly row: number;
  readonly column: number;
}

/**
 * Size x dose x seed: a block for each size, a row for each dose, a square for each seed. One stop of the Tab key; arrows
 * move within, Enter opens the run. Symbols tell the state, numbers the effect: colour only helps.
 */
export function Matrix({ cells, effects, colouring }: MatrixProps) {
  const [, navigate] = useLocation();
  const grid = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  const { placed, rows } = useMemo(() => place(cells), [cells]);
  const largest = Math.max(1, ...[...effects.values()].map(({ effect }) => effect ?? 0));
  const show = useCallback((index: number) => setAt(index), []);
  const move = (event: KeyboardEvent) => {
    if (event.key === 'Enter') return navigate(`/runs/${placed[at]!.cell.run}`);
    const next = neighbour(placed, at, event.key);
    if (next === null) return;
    event.preventDefault();
    setAt(next);
    grid.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus();
  };
  const current = placed[Math.min(at, placed.length - 1)];
  return (
    <>
      <div className="matrix" role="grid" aria-label="Cells of the sweep" aria-readonly="true" ref={grid} onKeyDown={move}>
        {rows.map(({ family, isFirst, dose, own }) => (
          <div role="row" key={`${family}|${dose}`} className={isFirst ? 'first' : undefined}>
            <span role="rowheader" className="family">
              {isFirst ? family : <span className="sr-only">{family}</span>}
            </span>
            <span role="rowheader" className="dose">
              <span className="sr-only">dose </span>
              {count(dose)}
            </span>
            <span className="squares" role="presentation">
              {own.map(({ index, cell }) => (
                <Square
                  key={cell.run + cell.seed}
                  index={index}
                  run={cell.run}
                  label={`${cell.size}, dose ${cell.dose}, seed ${cell.seed}`}
                  state={cell.state}
                  effect={colouring === 'effect' ? (effects.get(cell.run)?.effect ?? null) : undefined}
                  isClean={cell.dose === 0 && cell.stageDose === 0}
                  largest={largest}
                  isCurrent={index === at}
                  onShow={show}
                  onOpen={navigate}
                />
              ))}
            </span>
          </div>
        ))}
      </div>
      {current !== undefined && (
        <p className="matrix-words" aria-live="polite">
          {inWords(current.cell, effects)}
        </p>
      )}
    </>
  );
}

interface SquareProps {
  readonly index: number;
  readonly run: string;
  readonly label: string;
  readonly state: string;
  /** Undefined when states are shown, null where there is none yet. */
  readonly effect: number | null | undefined;
  readonly isClean: boolean;
  readonly largest: number;
  readonly isCurrent: boolean;
  readonly onShow: (index: number) => void;
  readonly onOpen: (address: string) => void;
}

/** Drawn anew only when what it shows has changed: a thousand of them cost nothing while one changes. */
const Square = memo(function Square({ index, run, label, state, effect, isClean, largest, isCurrent, onShow, onOpen }: SquareProps) {
  const [symbol, look] = looksOf(state);
  const text = effect === undefined ? symbol : effect === null ? '·' : isClean ? 'ref' : effect.toFixed(1);
  const said = effect === undefined ? state : effect === null ? 'no effect yet' : isClean ? 'clean arm' : `effect ${number(effect)}`;
  const heat = { '--heat': `${Math.round(45 * Math.min(1, Math.max(0, (effect ?? 0) / largest)))}%` } as Record<string, string>;
  return (
    <span
      role="gridcell"
      tabIndex={isCurrent ? 0 : -1}
      data-index={index}
      aria-label={`${label}: ${said}`}
      className={effect === undefined ? `square state ${look}` : 'square heat'}
      style={heat}
      onFocus={() => onShow(index)}
      onMouseEnter={() => onShow(index)}
      onClick={() => onOpen(`/runs/${run}`)}
    >
      {text}
    </span>
  );
});

interface Row {
  readonly family: string;
  readonly isFirst: boolean;
  readonly dose: number;
  readonly own: readonly { readonly index: number; readonly cell: CellStatus }[];
}

/** Cells in rows, and each with its place for the arrow keys. The plan's order of sizes is kept; doses and seeds ascend. */
function place(cells: readonly CellStatus[]): { placed: Placed[]; rows: Row[] } {
  const several = hasSeveralTokens(cells);
  const placed: Placed[] = [];
  const rows: Row[] = [];
  for (const [family, ofFamily] of Map.groupBy(cells, (cell) => familyOf(cell, several).name)) {
    const doses = [...Map.groupBy(ofFamily, ({ dose }) => dose)].sort(([a], [b]) => a - b);
    for (const [order, [dose, ofDose]] of doses.entries()) {
      const own = ofDose
        .toSorted((a, b) => a.seed - b.seed)
        .map((cell, column) => {
          placed.push({ cell, family, row: rows.length, column });
          return { index: placed.length - 1, cell };
        });
      rows.push({ family, isFirst: order === 0, dose, own });
    }
  }
  return { placed, rows };
}

/** Where a key leads from a place; null when it leads nowhere. */
function neighbour(placed: readonly Placed[], at: number, key: string): number | null {
  const { row = 0, column = 0 } = placed[at] ?? {};
  const ofRow = (wanted: number) => placed.findLastIndex((each) => each.row === wanted && each.column <= column);
  const targets: Record<string, number> = {
    ArrowRight: at + 1,
    ArrowLeft: at - 1,
    ArrowDown: ofRow(row + 1),
    ArrowUp: ofRow(row - 1),
    Home: placed.findIndex((each) => each.row === row),
    End: placed.findLastIndex((each) => each.row === row),
  };
  const next = targets[key] ?? -1;
  return next >= 0 && next < placed.length ? next : null;
}

function inWords(cell: CellStatus, effects: Effects): string {
  const effect = effects.get(cell.run);
  const told = effect?.effect == null ? '' : `, effect ${number(effect.effect)} at step ${count(effect.step)}`;
  const steps = `step ${count(cell.step)} of ${count(cell.steps)}`;
  const reason = cell.reason === null ? '' : ` (${cell.reason})`;
  return `${cell.size}, dose ${count(cell.dose)}, seed ${cell.seed}: ${cell.state}${reason}, ${steps}${told}${cell.reused ? ', reused from an earlier sweep' : ''}`;
}
