import type { Page } from '@titrate/contracts';
import { CursorInvalid } from '../cursor-invalid.ts';

type Key = string | number;

/**
 * The place of a row in one list, as a cursor that says nothing to its reader. Cursors of other lists are refused.
 *
 * @param shape the kind of each part of the key, as `typeof` names it.
 */
export class Cursors {
  readonly #list: string;
  readonly #shape: readonly ('string' | 'number')[];

  constructor(list: string, shape: readonly ('string' | 'number')[]) {
    this.#list = list;
    this.#shape = shape;
  }

  /** @throws CursorInvalid */
  read(cursor: string | undefined): Key[] | null {
    if (cursor === undefined) return null;
    const parts = parse(cursor);
    if (!Array.isArray(parts) || parts.length !== this.#shape.length + 1 || parts[0] !== this.#list)
      throw new CursorInvalid(this.#list, cursor);
    const key = parts.slice(1);
    if (!key.every((part, index) => isKey(part, this.#shape[index]!))) throw new CursorInvalid(this.#list, cursor);
    return key as Key[];
  }

  /** Makes the page from one row more than it may hold: that row tells that there is a next page. */
  page<R, T>(rows: readonly R[], limit: number, keyOf: (row: R) => readonly Key[], toItem: (row: R) => T): Page<T> {
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const isMore = rows.length > limit && last !== undefined;
    return {
      items: shown.map(toItem),
      next: isMore ? Buffer.from(JSON.stringify([this.#list, ...keyOf(last)])).toString('base64url') : null,
    };
  }
}

const isKey = (part: unknown, kind: 'string' | 'number'): boolean =>
  kind === 'number' ? Number.isSafeInteger(part) : typeof part === 'string' && !part.includes('\u0000');

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    // Not JSON: as wrong as any other value that no page gave.
    return null;
  }
}
