import { asc, eq, sql } from 'drizzle-orm';
import type { OutboxItem } from '../records.ts';
import { chunked, type Database, type Transaction } from './database.ts';
import { outbox } from './schema.ts';

/** A workflow to start or to wake. */
export type Wake = Pick<OutboxItem, 'kind' | 'target'>;

/**
 * Puts wakes into the outbox. One that waits already is not doubled, but it is locked until this transaction ends: a relay
 * that took it now would wake a workflow which cannot see our change yet. One that a relay has in hand is put in again.
 */
export async function enqueue(tx: Transaction, wakes: readonly Wake[]): Promise<void> {
  const unique = [...new Map(wakes.map((wake) => [`${wake.kind} ${wake.target}`, wake])).entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const chunk of chunked(unique.map(([, { kind, target }]) => ({ kind, target })))) {
    await tx
      .insert(outbox)
      .values(chunk)
      .onConflictDoUpdate({
        target: [outbox.kind, outbox.target],
        targetWhere: sql`${outbox.leasedUntil} is null`,
        set: { target: sql`excluded.target` },
      });
  }
}

/**
 * Gives rows to a relay, oldest first, and keeps them from other relays for the time of the lease. Rows of a relay that
 * died come back after it, so a row may be delivered twice but never not at all.
 */
export async function takeOutbox(db: Database, limit: number, leaseSeconds: number): Promise<OutboxItem[]> {
  const free = db
    .select({ id: outbox.id })
    .from(outbox)
    .where(sql`${outbox.leasedUntil} is null or ${outbox.leasedUntil} < now()`)
    .orderBy(asc(outbox.id))
    .limit(limit)
    .for('update', { skipLocked: true });
  const rows = await db
    .update(outbox)
    .set({ leasedUntil: sql`now() + make_interval(secs => ${leaseSeconds})` })
    .where(sql`${outbox.id} in ${free}`)
    .returning({ id: outbox.id, kind: outbox.kind, target: outbox.target });
  return rows.sort((a, b) => a.id - b.id);
}

/** Removes a delivered row. One that is gone already counts as removed. */
export async function acknowledge(db: Database, id: number): Promise<void> {
  await db.delete(outbox).where(eq(outbox.id, id));
}
