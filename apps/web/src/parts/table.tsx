import { useMemo, useState, type ReactNode } from 'react';
import { csvOf, type Value } from './csv.ts';
import { download } from './download.ts';
import { count } from './format.ts';

/** A column: `value` is what is sorted by and written to the CSV file, `cell` what is shown where that is more than the value. */
export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  readonly value: (row: Row) => Value;
  readonly cell?: (row: Row) => ReactNode;
  /** Right-aligned digits. */
  readonly number?: boolean;
  /** Long text, which may take several lines. */
  readonly wrap?: boolean;
}

interface TableProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** Name of the CSV file, without its ending. */
  readonly file: string;
  readonly tools?: ReactNode;
}

/** Rows that are drawn at first: a table of thousands costs no more than what is read of it. */
const FIRST_ROWS = 100;

/** A table that sorts by a click on a head, shows its first rows at once, and can be had as CSV: all rows, in the order shown. */
export function Table<Row>({ caption, columns, rows, rowKey, file, tools }: TableProps<Row>) {
  const [order, setOrder] = useState<Order | null>(null);
  const [shown, setShown] = useState(FIRST_ROWS);
  const sorted = useMemo(() => sortRows(rows, columns, order), [rows, columns, order]);
  const save = () => {
    const lines = sorted.map((row) => columns.map(({ value }) => value(row)));
    download(
      `${file}.csv`,
      'text/csv',
      csvOf(
        columns.map(({ key }) => key),
        lines,
      ),
    );
  };
  return (
    <>
      <div className="table" role="region" aria-label={caption} tabIndex={0}>
        <table>
          <caption className="sr-only">{caption}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <Head key={column.key} column={column} order={order} onOrder={setOrder} />
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.slice(0, shown).map((row) => (
              <tr key={rowKey(row)}>
                {columns.map(({ key, value, cell, number, wrap }) => (
                  <td key={key} className={number ? 'number' : wrap ? 'wrap' : undefined}>
                    {cell ? cell(row) : (value(row) ?? '–')}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="tools">
        {sorted.length > shown && (
          <button type="button" onClick={() => setShown(shown + 10 * FIRST_ROWS)}>
            Show more of {count(sorted.length)} rows
          </button>
        )}
        <button type="button" onClick={save} aria-label={`Download CSV of ${caption}`}>
          ↓ CSV
        </button>
        {tools}
      </div>
    </>
  );
}

interface Order {
  readonly key: string;
  readonly down: boolean;
}

function Head<Row>({ column, order, onOrder }: { column: Column<Row>; order: Order | null; onOrder: (order: Order) => void }) {
  const own = order?.key === column.key ? order : null;
  return (
    <th
      scope="col"
      className={column.number ? 'number' : undefined}
      aria-sort={own === null ? undefined : own.down ? 'descending' : 'ascending'}
    >
      <button type="button" onClick={() => onOrder({ key: column.key, down: own !== null && !own.down })}>
        {column.title}
        {own !== null && <span aria-hidden="true">{own.down ? ' ↓' : ' ↑'}</span>}
      </button>
    </th>
  );
}

/** Rows without a value come last, whichever way. */
function sortRows<Row>(rows: readonly Row[], columns: readonly Column<Row>[], order: Order | null): readonly Row[] {
  const column = columns.find(({ key }) => key === order?.key);
  if (order === null || column === undefined) return rows;
  const sign = order.down ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [left, right] = [column.value(a), column.value(b)];
    if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
    return sign * (typeof left === 'number' && typeof right === 'number' ? left - right : String(left).localeCompare(String(right)));
  });
}
