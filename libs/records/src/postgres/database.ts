import { DrizzleQueryError, sql, type Column, type SQL } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type * as schema from './schema.ts';

export type Database = NodePgDatabase<typeof schema>;
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];
/** Something that can be asked, inside or outside of a transaction. */
export type Reader = Pick<Database, 'select' | 'selectDistinctOn' | 'execute'>;

/** Serialisation failure and deadlock: PostgreSQL asks for the same transaction again. */
const TRY_AGAIN = new Set(['40001', '40P01']);
const MAX_TRIES = 5;

/**
 * Runs work in a transaction, again when PostgreSQL chose it to end a deadlock. The work may so run several times; it
 * must keep its effects inside the transaction.
 */
export async function inTransaction<T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction(work);
    } catch (error) {
      if (attempt === MAX_TRIES || !TRY_AGAIN.has(codeOf(error))) throw error;
    }
  }
}

/** Runs questions that must see one state of the database. */
export function inSnapshot<T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return db.transaction(work, { isolationLevel: 'repeatable read', accessMode: 'read only' });
}

function codeOf(error: unknown): string {
  const cause = error instanceof DrizzleQueryError ? error.cause : error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}

/** Parts a list so that one statement stays below PostgreSQL's 65,535 parameters. */
export function chunked<T>(items: readonly T[], size = 1000): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}

/** Makes free text storable: PostgreSQL has no NUL and no half surrogate pairs, and the last lines of a job's log may hold both. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\ufffd');
}

/** Whether a column holds one of the values, sent as one parameter however many they are. */
export function among(column: Column, values: readonly string[]): SQL {
  return sql`${column} = any(${sql.param([...values])}::text[])`;
}
