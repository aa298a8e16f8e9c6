import type { EventKind, LedgerEntry, TitrateEvent } from '@titrate/contracts';
import { chainEvents } from '@titrate/ledger';
import { countsOf } from '@titrate/telemetry';
import { and, asc, desc, eq, gt, or, sql, type SQL } from 'drizzle-orm';
import { chunked, type Database, type Transaction } from './database.ts';
import { demands, events, sweeps } from './schema.ts';
import { addCounts } from './tallies.ts';

/** An event before it has its number and its time. `team` is for filters and not part of the event. */
export interface EventDraft {
  readonly kind: EventKind;
  readonly actor: string;
  readonly team: string | null;
  readonly sweep: string | null;
  readonly run: string | null;
  readonly data: Record<string, unknown>;
}

/** The one lock under which numbers are given: any number that nothing else in this database locks. */
const NUMBERING_LOCK = 7_140_261;

/**
 * Appends events, chained to the ledger. The lock is held until the transaction ends, so that a row with a smaller number
 * can never appear after one with a larger number was seen. Call it as late in a transaction as possible.
 */
export async function appendEvents(tx: Transaction, drafts: readonly EventDraft[]): Promise<void> {
  const head = await lockHead(tx);
  const at = new Date();
  const first = (head?.seq ?? 0) + 1;
  const entries = chainEvents(
    head,
    drafts.map(({ kind, actor, sweep, run, data }, index) => ({ id: first + index, kind, at: at.toISOString(), actor, sweep, run, data })),
  );
  const rows = entries.map(({ event, previous, digest }, index) => ({ ...event, at, team: drafts[index]!.team, previous, digest }));
  for (const chunk of chunked(rows)) await tx.insert(events).values(chunk);
  await addCounts(tx, drafts.flatMap(countsOf));
}

/**
 * Takes the lock and reads the newest entry in one message of two statements: everybody waits for whoever holds the lock. In
 * one statement the entry would be read as it was before the wait.
 */
async function lockHead(tx: Transaction): Promise<{ readonly seq: number; readonly digest: string } | null> {
  const answers = (await tx.execute(
    sql.raw(`select pg_advisory_xact_lock(${NUMBERING_LOCK}); select id, digest from events order by id desc limit 1`),
  )) as unknown as readonly { readonly rows: readonly { readonly id: string; readonly digest: string }[] }[];
  const [newest] = answers[1]?.rows ?? [];
  return newest === undefined ? null : { seq: Number(newest.id), digest: newest.digest };
}

type EventRow = typeof events.$inferSelect;

const toEvent = ({ id, kind, at, actor, sweep, run, data }: EventRow): TitrateEvent => ({
  id,
  kind,
  at: at.toISOString(),
  actor,
  sweep,
  run,
  data,
});

/** Events after a number, oldest first. A sweep's events are its own and those of the runs that it demands; the same for a team. */
export async function listEvents(
  db: Database,
  after: number,
  limit: number,
  filter: { sweep?: string | undefined; team?: string | undefined } = {},
): Promise<TitrateEvent[]> {
  const rows = await db
    .select()
    .from(events)
    .where(and(gt(events.id, after), ofSweep(filter.sweep), ofTeam(filter.team)))
    .orderBy(asc(events.id))
    .limit(limit);
  return rows.map(toEvent);
}

function ofSweep(sweep: string | undefined): SQL | undefined {
  if (sweep === undefined) return undefined;
  return or(
    eq(events.sweep, sweep),
    sql`(${events.sweep} is null and ${events.run} in (select ${demands.run} from ${demands} where ${demands.sweep} = ${sweep}))`,
  );
}

function ofTeam(team: string | undefined): SQL | undefined {
  if (team === undefined) return undefined;
  const demanded = sql`select ${demands.run} from ${demands} join ${sweeps} on ${sweeps.id} = ${demands.sweep} where ${sweeps.team} = ${team}`;
  return or(eq(events.team, team), sql`(${events.team} is null and ${events.run} in (${demanded}))`);
}

/** Number of the newest event; 0 before the first. */
export async function newestEvent(db: Database): Promise<number> {
  const [newest] = await db.select({ id: events.id }).from(events).orderBy(desc(events.id)).limit(1);
  return newest?.id ?? 0;
}

/** Entries of the ledger after a number, oldest first. */
export async function listLedger(db: Database, after: number, limit: number): Promise<LedgerEntry[]> {
  const rows = await db.select().from(events).where(gt(events.id, after)).orderBy(asc(events.id)).limit(limit);
  return rows.map((row) => ({ seq: row.id, previous: row.previous, event: toEvent(row), digest: row.digest }));
}
