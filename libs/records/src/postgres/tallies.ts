import type { Count } from '@titrate/telemetry';
import { sql } from 'drizzle-orm';
import { chunked, type Reader, type Transaction } from './database.ts';
import { tallies } from './schema-views.ts';

/**
 * Adds to the sums that metrics show. Called under the lock that numbers events, so no two transactions wait for each other's
 * rows; all of an event's counts are one statement.
 */
export async function addCounts(tx: Transaction, counts: readonly Count[]): Promise<void> {
  const sums = new Map<string, { metric: string; labels: string; value: number }>();
  for (const { metric, labels, by } of counts) {
    const row = { metric, labels: JSON.stringify(labels), value: by };
    const key = `${metric} ${row.labels}`;
    sums.set(key, { ...row, value: by + (sums.get(key)?.value ?? 0) });
  }
  for (const chunk of chunked([...sums.values()])) {
    await tx
      .insert(tallies)
      .values(chunk)
      .onConflictDoUpdate({ target: [tallies.metric, tallies.labels], set: { value: sql`${tallies.value} + excluded.value` } });
  }
}

/** All sums. As many rows as there are series: their labels name teams, sizes and states, never a run. */
export async function readCounts(db: Reader): Promise<Count[]> {
  const rows = await db.select().from(tallies);
  return rows.map(({ metric, labels, value }) => ({ metric, labels: JSON.parse(labels) as string[], by: value }));
}
