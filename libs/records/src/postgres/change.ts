import type { EventKind } from '@titrate/contracts';
import { and, eq, not, or } from 'drizzle-orm';
import { isLive, owes } from './conditions.ts';
import { inTransaction, type Database, type Transaction } from './database.ts';
import { appendEvents, type EventDraft } from './events.ts';
import { enqueue, type Wake } from './outbox.ts';
import type { Actor } from '../records.ts';
import { waitsForReference } from './references.ts';
import { demands, runs, sweeps } from './schema.ts';

/** What an event is about. */
export interface Subject {
  readonly team?: string;
  readonly sweep?: string;
  readonly run?: string;
}

/** A change in the making: its transaction, and what it will leave in the ledger and in the outbox. */
export class Change {
  readonly tx: Transaction;
  readonly #actor: Actor | null;
  readonly #events: EventDraft[] = [];
  readonly #wakes: Wake[] = [];

  constructor(tx: Transaction, actor: Actor | null) {
    this.tx = tx;
    this.#actor = actor;
  }

  /** Says what happened; the same row is the event and its ledger entry. */
  event(kind: EventKind, { team, sweep, run }: Subject, data: Record<string, unknown> = {}): void {
    const actor = this.#actor === null ? 'titrate' : `${this.#actor.team}/${this.#actor.name}`;
    this.#events.push({ kind, actor, team: team ?? null, sweep: sweep ?? null, run: run ?? null, data });
  }

  /** Asks for a workflow to be started or woken once this change can be seen. */
  wake(kind: Wake['kind'], target: string): void {
    this.#wakes.push({ kind, target });
  }

  /** Wakes every live sweep that demands the run; with `settled` those only that wait for nothing more of it, or for references alone. */
  async wakeSweepsOf(run: string, which: 'all' | 'settled' = 'all'): Promise<void> {
    const rows = await this.tx
      .select({ id: sweeps.id })
      .from(demands)
      .innerJoin(sweeps, eq(sweeps.id, demands.sweep))
      .innerJoin(runs, eq(runs.id, demands.run))
      .where(and(eq(demands.run, run), isLive, which === 'settled' ? or(not(owes), waitsForReference) : undefined));
    for (const { id } of rows) this.wake('wake-sweep', id);
  }

  /** Writes wakes and events: events are the last statements of the transaction, as the numbering lock is held from there on. */
  async write(): Promise<void> {
    await enqueue(this.tx, this.#wakes);
    if (this.#events.length > 0) await appendEvents(this.tx, this.#events);
  }
}

/** Does all of a change in one transaction: rows, events, ledger and outbox. `actor` is null when the control plane itself acts. */
export function change<T>(db: Database, actor: Actor | null, work: (change: Change) => Promise<T>): Promise<T> {
  return inTransaction(db, async (tx) => {
    const inHand = new Change(tx, actor);
    const result = await work(inHand);
    await inHand.write();
    return result;
  });
}
