import type { Baseline, BaselinePromotion, Page } from '@titrate/contracts';
import { and, desc, eq, isNull, lt, sql, type SQL } from 'drizzle-orm';
import type { Actor, ListQuery, PromoteOutcome, RetireOutcome } from '../records.ts';
import { change } from './change.ts';
import { Cursors } from './cursors.ts';
import { storableText, type Database, type Reader, type Transaction } from './database.ts';
import { baselines, demands, gates } from './schema.ts';
import { lockSweep } from './sweeps.ts';

type BaselineRow = typeof baselines.$inferSelect;
const cursors = new Cursors('baselines', ['number']);

/** Makes the next version of a baseline of a finished sweep's results. What is the newest version already is not made again. */
export function promoteBaseline(db: Database, actor: Actor, { name, sweep, why, gate }: BaselinePromotion): Promise<PromoteOutcome> {
  return change(db, actor, async (inHand): Promise<PromoteOutcome> => {
    const { tx } = inHand;
    // The lock on the sweep keeps it from being deleted or amended meanwhile, and orders promotions of one sweep.
    const row = await lockSweep(tx, actor.team, sweep);
    if (row === null) return { kind: 'not-found' };
    if (row.state !== 'finished' || row.report === null)
      return { kind: 'refused', reason: `Cannot make a baseline of the sweep as it must be finished: it is ${row.state}` };
    if (gate !== undefined && !(await hasPassed(tx, actor.team, gate, sweep, row.report.sha256)))
      return { kind: 'refused', reason: `Cannot make a baseline of the sweep as its results must have passed gate ${gate}: they have not` };
    const newest = await newestOf(tx, actor.team, name);
    if (newest?.sweep === sweep && newest.report.sha256 === row.report.sha256 && newest.retiredAt === null)
      return { kind: 'existing', baseline: toBaseline(newest) };
    const version = (newest?.version ?? 0) + 1;
    const of = { team: actor.team, name, version, sweep, sweepName: row.name, specDigest: row.specDigest, report: row.report };
    const promoted = { ...of, promotedBy: `${actor.team}/${actor.name}`, why: storableText(why), gate: gate ?? null };
    const [made] = await tx.insert(baselines).values(promoted).onConflictDoNothing().returning();
    // Somebody made this version at the same moment: look again.
    if (made === undefined) throw Object.assign(new Error('The version of the baseline was made at the same time'), { code: '40001' });
    inHand.event(
      'baseline.promoted',
      { team: actor.team, sweep },
      { name, version, report: row.report.sha256, why: promoted.why, ...(gate !== undefined && { gate }) },
    );
    return { kind: 'created', baseline: toBaseline(made) };
  });
}

/** Ends the use of a version. Gates that name it say so; its sweep may go. */
export function retireBaseline(db: Database, actor: Actor, name: string, version: number, why: string): Promise<RetireOutcome> {
  return change(db, actor, async (inHand): Promise<RetireOutcome> => {
    const isIt = and(isOf(actor.team, name), eq(baselines.version, version));
    const [row] = await inHand.tx.select().from(baselines).where(isIt).for('update');
    if (row === undefined) return { kind: 'not-found' };
    if (row.retiredAt !== null) return { kind: 'unchanged', baseline: toBaseline(row) };
    const end = { retiredBy: `${actor.team}/${actor.name}`, retiredWhy: storableText(why), retiredAt: new Date() };
    const [retired] = await inHand.tx.update(baselines).set(end).where(isIt).returning();
    inHand.event('baseline.retired', { team: actor.team, sweep: row.sweep }, { name, version, why: end.retiredWhy });
    return { kind: 'changed', baseline: toBaseline(retired!) };
  });
}

/** A version of a baseline, retired or not; without a version the newest that may be used. */
export async function getBaseline(db: Reader, team: string, name: string, version: number | null): Promise<Baseline | null> {
  const row =
    version === null
      ? await newestOf(db, team, name, isNull(baselines.retiredAt))
      : await newestOf(db, team, name, eq(baselines.version, version));
  return row === null ? null : toBaseline(row);
}

/** A baseline that new results may be held against, or why it may not. */
export async function baselineAsked(
  tx: Transaction,
  team: string,
  name: string,
  version: number | null,
): Promise<{ kind: 'found'; baseline: Baseline } | { kind: 'refused'; code: 'baseline-unknown' | 'baseline-retired'; reason: string }> {
  const baseline = (await getBaseline(tx, team, name, version)) ?? (version === null ? await getNewest(tx, team, name) : null);
  const called = `baseline ${name}${version === null ? '' : ` version ${version}`}`;
  if (baseline === null) return { kind: 'refused', code: 'baseline-unknown', reason: `There is no ${called}` };
  if (baseline.retired === null) return { kind: 'found', baseline };
  const { by, at, why } = baseline.retired;
  const reason = `Cannot hold results against ${called} as it must not be retired: ${by} retired it on ${at.slice(0, 10)}: ${why}`;
  return { kind: 'refused', code: 'baseline-retired', reason };
}

/** The newest version, retired or not. */
async function getNewest(reader: Reader, team: string, name: string): Promise<Baseline | null> {
  const row = await newestOf(reader, team, name);
  return row === null ? null : toBaseline(row);
}

/** Whether these very results of a sweep passed a gate of the team. */
async function hasPassed(reader: Reader, team: string, gate: string, sweep: string, report: string): Promise<boolean> {
  const isIt = and(eq(gates.id, gate), eq(gates.team, team), eq(gates.sweep, sweep), eq(gates.state, 'pass'));
  const [row] = await reader.select({ report: gates.sweepReport }).from(gates).where(isIt);
  return row?.report.sha256 === report;
}

/** A team's baselines, the newest first; those of one name where it is given. */
export async function listBaselines(
  db: Database,
  team: string,
  { cursor, limit, name }: ListQuery & { name?: string | undefined },
): Promise<Page<Baseline>> {
  const after = cursors.read(cursor);
  const isAsked = name === undefined ? eq(baselines.team, team) : isOf(team, name);
  const rows = await db
    .select()
    .from(baselines)
    .where(and(isAsked, after ? lt(baselines.number, after[0] as number) : undefined))
    .orderBy(desc(baselines.number))
    .limit(limit + 1);
  return cursors.page(rows, limit, ({ number }) => [number], toBaseline);
}

/** Baselines in use that rest on a sweep, as people call them. */
export async function baselinesOn(reader: Reader, sweep: string): Promise<string[]> {
  const rows = await reader
    .select({ name: baselines.name, version: baselines.version })
    .from(baselines)
    .where(and(eq(baselines.sweep, sweep), isNull(baselines.retiredAt)))
    .orderBy(baselines.number);
  return rows.map(({ name, version }) => `${name} version ${version}`);
}

/** A demand of a sweep that a baseline in use rests on: its evaluated checkpoints stay, whatever the sweep's retention says. */
export const isOfBaseline: SQL<boolean> = sql<boolean>`exists (select 1 from ${baselines} where ${baselines.sweep} = ${demands.sweep} and ${baselines.retiredAt} is null)`;

const isOf = (team: string, name: string): SQL | undefined => and(eq(baselines.team, team), eq(baselines.name, name));

async function newestOf(reader: Reader, team: string, name: string, which?: SQL): Promise<BaselineRow | null> {
  const [row] = await reader
    .select()
    .from(baselines)
    .where(and(isOf(team, name), which))
    .orderBy(desc(baselines.version))
    .limit(1);
  return row ?? null;
}

function toBaseline({ team: _team, number: _number, retiredBy, retiredWhy, retiredAt, createdAt, ...row }: BaselineRow): Baseline {
  const retired = retiredAt === null ? null : { by: retiredBy ?? '', why: retiredWhy ?? '', at: retiredAt.toISOString() };
  return { ...row, createdAt: createdAt.toISOString(), retired };
}
