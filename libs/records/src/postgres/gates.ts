import { digestOf, shortDigest, type AppliedGate, type GateState, type Page, type StoredObject } from '@titrate/contracts';
import { and, desc, eq, lt, sql, type SQL } from 'drizzle-orm';
import type { Actor, GateAsked, GateWork, ListQuery, RequestGateOutcome, RunUsage } from '../records.ts';
import { baselineAsked, getBaseline } from './baselines.ts';
import { change, type Change } from './change.ts';
import { Cursors } from './cursors.ts';
import { storableText, type Database, type Transaction } from './database.ts';
import { attempts, demands, gates, runs } from './schema.ts';
import { lockSweep } from './sweeps.ts';

type GateRow = typeof gates.$inferSelect;
const cursors = new Cursors('gates', ['number']);

/** Asks for the verdict about a finished sweep, once for the same results, version and gate. */
export function requestGate(db: Database, actor: Actor, asked: GateAsked): Promise<RequestGateOutcome> {
  return change(db, actor, async (inHand): Promise<RequestGateOutcome> => {
    const { tx } = inHand;
    // The lock on the sweep keeps it from being amended meanwhile, and orders requests about one sweep.
    const sweep = await lockSweep(tx, actor.team, asked.sweep);
    if (sweep === null) return { kind: 'not-found' };
    if (sweep.state !== 'finished' || sweep.report === null)
      return refused('not-finished', `Cannot hold a gate against the sweep as it must be finished: it is ${sweep.state}`);
    const found = await baselineAsked(tx, actor.team, asked.baseline, asked.version);
    if (found.kind === 'refused') return found;
    const { baseline } = found;
    if (baseline.sweep === sweep.id)
      return refused(
        'same-sweep',
        `Cannot hold a gate against the sweep as another one must be its baseline: ${called(baseline)} is made of it`,
      );
    const { team } = actor;
    const what = {
      team,
      sweep: sweep.id,
      report: sweep.report.sha256,
      baseline: baseline.name,
      version: baseline.version,
      gate: asked.gate,
    };
    const id = `ga-${shortDigest(digestOf(what))}`;
    const of = {
      id,
      team,
      sweep: sweep.id,
      sweepName: sweep.name,
      sweepReport: sweep.report,
      baseline: baseline.name,
      version: baseline.version,
    };
    const row = { ...of, gate: asked.gate, state: 'pending' as const, firing: asked.firing, requestedBy: `${team}/${actor.name}` };
    const [made] = await tx.insert(gates).values(row).onConflictDoNothing().returning();
    if (made !== undefined) return { kind: 'created', gate: begun(inHand, made) };
    return again(inHand, id, asked.firing);
  });
}

/** A gate that is there already: one without a verdict is tried again, and a firing that waits for one is remembered. */
async function again(inHand: Change, id: string, firing: string | null): Promise<RequestGateOutcome> {
  const known = await lockGate(inHand.tx, id);
  if (known === null) throw new Error(`Cannot ask for gate ${id} as its row must exist`);
  if (known.state === 'error') {
    const anew = { state: 'pending', reason: null, finishedAt: null, firing: firing ?? known.firing } as const;
    return { kind: 'created', gate: begun(inHand, await update(inHand.tx, id, anew)) };
  }
  if (firing === null || known.firing === firing || !isOpen(known.state)) return { kind: 'existing', gate: toGate(known) };
  return { kind: 'existing', gate: toGate(await update(inHand.tx, id, { firing })) };
}

function begun(inHand: Change, row: GateRow): AppliedGate {
  const { team, sweep, id, baseline, version } = row;
  inHand.event('gate.requested', { team, sweep }, { gate: id, baseline, version });
  inHand.wake('start-gate', id);
  return toGate(row);
}

/** The workflow works on it now. */
export async function gateStarted(db: Database, id: string): Promise<void> {
  await change(db, null, async (inHand) => {
    const row = await lockGate(inHand.tx, id);
    if (row?.state !== 'pending') return;
    await update(inHand.tx, id, { state: 'running' });
    inHand.event('gate.started', row, { gate: id });
  });
}

/** The verdict is there, and stays. */
export async function gateDecided(
  db: Database,
  id: string,
  verdict: 'pass' | 'fail' | 'inconclusive',
  reasons: readonly string[],
  report: StoredObject,
): Promise<void> {
  const told = { state: verdict, reason: null, reasons: reasons.map(storableText), report };
  await end(db, id, told, (row) => [
    'gate.decided',
    { gate: row.id, verdict, baseline: row.baseline, version: row.version, report: report.sha256 },
  ]);
}

/** There will be no verdict, for a reason, until somebody asks again. */
export async function gateFailed(db: Database, id: string, said: string): Promise<void> {
  const reason = storableText(said);
  await end(db, id, { state: 'error', reason }, (row) => ['gate.error', { gate: row.id, reason }]);
}

async function end(
  db: Database,
  id: string,
  told: Partial<GateRow>,
  event: (row: GateRow) => ['gate.decided' | 'gate.error', Record<string, unknown>],
): Promise<void> {
  await change(db, null, async (inHand) => {
    const row = await lockGate(inHand.tx, id);
    if (row === null || !isOpen(row.state)) return;
    await update(inHand.tx, id, { ...told, finishedAt: new Date() });
    const [kind, data] = event(row);
    inHand.event(kind, { team: row.team, sweep: row.sweep }, data);
    if (row.firing !== null) inHand.wake('wake-firing', row.firing);
  });
}

/** A team's gate; null when there is none, or it is another team's. */
export async function getGate(db: Database, team: string, id: string): Promise<AppliedGate | null> {
  const [row] = await db
    .select()
    .from(gates)
    .where(and(eq(gates.id, id), eq(gates.team, team)));
  return row === undefined ? null : toGate(row);
}

/** A team's gates, the newest first. */
export async function listGates(
  db: Database,
  team: string,
  { cursor, limit, sweep, state }: ListQuery & { sweep?: string | undefined; state?: GateState | undefined },
): Promise<Page<AppliedGate>> {
  const after = cursors.read(cursor);
  const isAsked: (SQL | undefined)[] = [
    eq(gates.team, team),
    sweep === undefined ? undefined : eq(gates.sweep, sweep),
    state === undefined ? undefined : eq(gates.state, state),
    after ? lt(gates.number, after[0] as number) : undefined,
  ];
  const rows = await db
    .select()
    .from(gates)
    .where(and(...isAsked))
    .orderBy(desc(gates.number))
    .limit(limit + 1);
  return cursors.page(rows, limit, ({ number }) => [number], toGate);
}

/** What the job of an open gate needs. */
export async function gateWork(db: Database, id: string): Promise<GateWork | null> {
  const [row] = await db.select().from(gates).where(eq(gates.id, id));
  if (row === undefined || !isOpen(row.state)) return null;
  const baseline = await getBaseline(db, row.team, row.baseline, row.version);
  if (baseline === null) throw new Error(`Cannot hold gate ${id} as its baseline must be in the records`);
  return { team: row.team, applied: toGate(row), baseline };
}

/** What the runs of a sweep took: throughput as the log of a trained run tells it, GPU-seconds of attempts that have ended. */
export async function listUsage(db: Database, sweep: string): Promise<RunUsage[]> {
  const held = sql`${attempts.heldSeconds} + coalesce(extract(epoch from ${attempts.endedAt} - coalesce(${attempts.placedAt}, ${attempts.startedAt})), 0)`;
  const gpuSeconds = sql<number>`coalesce((select sum(${attempts.gpus} * greatest(0, ${held})) from ${attempts} where ${attempts.run} = ${runs.id}), 0)::float8`;
  const rows = await db
    .select({ run: runs.id, finished: runs.finished, gpuSeconds })
    .from(demands)
    .innerJoin(runs, eq(runs.id, demands.run))
    .where(eq(demands.sweep, sweep))
    .orderBy(demands.position);
  return rows.map(({ run, finished, gpuSeconds }) => {
    const { tokensPerSecond = null, mfu = null } = finished?.throughput ?? {};
    return { run, tokensPerSecond, mfu, gpuSeconds };
  });
}

/** What a gate's job waits for, as long as there is no verdict. */
export async function recordGateWaiting(db: Database, id: string, reason: string | null): Promise<void> {
  const isNews = sql`${gates.state} in ('pending', 'running') and ${gates.reason} is distinct from ${reason}`;
  await db
    .update(gates)
    .set({ reason })
    .where(and(eq(gates.id, id), isNews));
}

const refused = (code: Extract<RequestGateOutcome, { kind: 'refused' }>['code'], reason: string): RequestGateOutcome => ({
  kind: 'refused',
  code,
  reason,
});
const called = ({ name, version }: { name: string; version: number }): string => `${name} version ${version}`;
const isOpen = (state: GateState): boolean => state === 'pending' || state === 'running';

/** The row of a gate, locked until the transaction ends. */
async function lockGate(tx: Transaction, id: string): Promise<GateRow | null> {
  const [row] = await tx.select().from(gates).where(eq(gates.id, id)).for('update');
  return row ?? null;
}

async function update(tx: Transaction, id: string, set: Partial<GateRow>): Promise<GateRow> {
  const [row] = await tx.update(gates).set(set).where(eq(gates.id, id)).returning();
  return row!;
}

function toGate({ team: _team, number: _number, baseline, version, createdAt, finishedAt, ...row }: GateRow): AppliedGate {
  return {
    ...row,
    baseline: { name: baseline, version },
    createdAt: createdAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}
