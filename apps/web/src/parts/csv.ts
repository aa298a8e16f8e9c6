import { csvFormatRows, csvParseRows } from 'd3-dsv';

/** What a field of a table may hold. */
export type Value = string | number | boolean | null;

/** A table as CSV. Numbers are written so that they read back as the same double; a cell without a value is empty. */
export const csvOf = (head: readonly string[], rows: readonly (readonly Value[])[]): string =>
  `${csvFormatRows([[...head], ...rows.map((row) => row.map((value) => (value === null ? '' : String(value))))])}\n`;

/** Reads CSV into rows by the names of its head; an empty field is an empty string. d3's own reader of objects makes functions of text, which the page's policy forbids. */
export function parseCsv(text: string): Record<string, string>[] {
  const [head = [], ...rows] = csvParseRows(text);
  return rows.map((row) => Object.fromEntries(head.map((name, index) => [name, row[index] ?? ''])));
}
