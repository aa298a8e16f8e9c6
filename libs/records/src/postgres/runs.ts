import type { Attempt, Checkpoint, Page, Run } from '@titrate/contracts';
import { and, asc, desc, eq, sql } from 'drizzle-orm';
import type { Actor, ListQuery } from '../records.ts';
import { change } from './change.ts';
import { Cursors } from './cursors.ts';
import { among, type Database, type Reader } from './database.ts';
import { attempts, checkpoints, demands, runs, sweeps } from './schema.ts';
import { latestResults, newestStep } from './sweep-lists.ts';

const runCursors = new Cursors('runs', ['number']);
const ofSweepCursors = new Cursors('runs of a sweep', ['number', 'string']);
const attemptCursors = new Cursors('attempts', ['number']);
const checkpointCursors = new Cursors('checkpoints', ['number']);

/** A run and what its newest attempt tells, whether or not anybody demands it still. */
export async function getRun(db: Database, id: string): Promise<Run | null> {
  const rows = await selectRuns(db).where(eq(runs.id, id));
  return (await complete(db, rows))[0] ?? null;
}

/** The runs that a team's sweeps demand, newest first; those of one sweep in the order of its cells. */
export function listRuns(db: Database, team: string, { sweep, ...query }: ListQuery & { sweep?: string | undefined }): Promise<Page<Run>> {
  return sweep === undefined ? listAll(db, team, query) : listOfSweep(db, team, sweep, query);
}

async function listAll(db: Database, team: string, { cursor, limit }: ListQuery): Promise<Page<Run>> {
  const after = runCursors.read(cursor);
  const isTeams = sql`exists (select 1 from ${demands} join ${sweeps} on ${sweeps.id} = ${demands.sweep} where ${demands.run} = ${runs.id} and ${sweeps.team} = ${team})`;
  const rows = await selectRuns(db)
    .where(and(isTeams, after ? sql`${runs.number} < ${after[0]}` : undefined))
    .orderBy(desc(runs.number))
    .limit(limit + 1);
  const page = runCursors.page(
    rows,
    limit,
    ({ run }) => [run.number],
    (row) => row,
  );
  return { items: await complete(db, page.items), next: page.next };
}

async function listOfSweep(db: Database, team: string, sweep: string, { cursor, limit }: ListQuery): Promise<Page<Run>> {
  const after = ofSweepCursors.read(cursor);
  const rows = await db
    .select({ run: runs, step: newestStep, progress: liveProgress, waiting: liveWaiting, position: demands.position })
    .from(demands)
    .innerJoin(sweeps, and(eq(sweeps.id, demands.sweep), eq(sweeps.team, team)))
    .innerJoin(runs, eq(runs.id, demands.run))
    .where(and(eq(demands.sweep, sweep), after ? sql`(${demands.position}, ${demands.run}) > (${after[0]}, ${after[1]})` : undefined))
    .orderBy(asc(demands.position), asc(demands.run))
    .limit(limit + 1);
  const page = ofSweepCursors.page(
    rows,
    limit,
    ({ position, run }) => [position, run.id],
    (row) => row,
  );
  return { items: await complete(db, page.items), next: page.next };
}

const liveProgress = sql<
  Run['progress']
>`(select a.progress from attempts a where a.run = "runs"."id" and a.number = "runs"."attempt" and a.state in ('launched', 'running'))`;

const liveWaiting = sql<string | null>`coalesce(
  (select a.waiting from attempts a where a.run = "runs"."id" and a.number = "runs"."attempt" and a.state in ('launched', 'running')),
  (select 'evaluation: ' || e.reason from evaluations e where e.run = "runs"."id" and e.state = 'running' and e.reason is not null order by e.step limit 1))`;

const selectRuns = (reader: Reader) =>
  reader.select({ run: runs, step: newestStep, progress: liveProgress, waiting: liveWaiting }).from(runs).$dynamic();

/** Adds newest results and demanding sweeps, with two questions for all rows. */
async function complete(
  reader: Reader,
  rows: { run: typeof runs.$inferSelect; step: number; progress: Run['progress']; waiting: string | null }[],
): Promise<Run[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ run }) => run.id);
  const latest = await latestResults(reader, ids);
  const links = await reader
    .select({ run: demands.run, sweep: demands.sweep })
    .from(demands)
    .where(among(demands.run, ids))
    .orderBy(asc(demands.sweep));
  const sweepsOf = Map.groupBy(links, ({ run }) => run);
  return rows.map(
    ({
      run: { id, size, tokens, dose, identity, parameters, state, reason, attempt, steps, createdAt, finishedAt },
      step,
      progress,
      waiting,
    }) => ({
      ...{ id, size, tokens, dose, identity, parameters, state, reason, waiting, attempts: attempt, step, steps, progress },
      latest: latest.get(id) ?? null,
      sweeps: (sweepsOf.get(id) ?? []).map(({ sweep }) => sweep),
      createdAt: createdAt.toISOString(),
      finishedAt: finishedAt?.toISOString() ?? null,
    }),
  );
}

/** An attempt as the API shows it. */
export function toAttempt({ launchedAt, startedAt, endedAt, ...row }: typeof attempts.$inferSelect): Attempt {
  const { steps: _steps, devices: _devices, gpus: _gpus, placedAt: _placed, heldSeconds: _held, keptSeconds: _kept, ...shown } = row;
  return {
    ...shown,
    launchedAt: launchedAt.toISOString(),
    startedAt: startedAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
  };
}

/** A checkpoint as the API shows it. */
export function toCheckpoint({ run, digest, attempt, manifest, state, pinned, committedAt }: typeof checkpoints.$inferSelect): Checkpoint {
  return { run, digest, attempt, manifest, state, pinned, committedAt: committedAt.toISOString() };
}

/** The attempts of a run, first to last. */
export async function listAttempts(db: Database, run: string, { cursor, limit }: ListQuery): Promise<Page<Attempt>> {
  const after = attemptCursors.read(cursor);
  const rows = await db
    .select()
    .from(attempts)
    .where(and(eq(attempts.run, run), after ? sql`${attempts.number} > ${after[0]}` : undefined))
    .orderBy(asc(attempts.number))
    .limit(limit + 1);
  return attemptCursors.page(rows, limit, ({ number }) => [number], toAttempt);
}

/** The committed checkpoints of a run in the order of its log, tombstones included. */
export async function listCheckpoints(db: Database, run: string, { cursor, limit }: ListQuery): Promise<Page<Checkpoint>> {
  const after = checkpointCursors.read(cursor);
  const rows = await db
    .select()
    .from(checkpoints)
    .where(and(eq(checkpoints.run, run), after ? sql`${checkpoints.number} > ${after[0]}` : undefined))
    .orderBy(asc(checkpoints.number))
    .limit(limit + 1);
  return checkpointCursors.page(rows, limit, ({ number }) => [number], toCheckpoint);
}

/** Keeps a checkpoint from retention, or lets it go. */
export function pinCheckpoint(
  db: Database,
  actor: Actor,
  run: string,
  digest: string,
  pinned: boolean,
): Promise<'changed' | 'unchanged' | 'not-found' | 'deleted'> {
  return change(db, actor, async (inHand) => {
    const isIt = and(eq(checkpoints.run, run), eq(checkpoints.digest, digest));
    const [row] = await inHand.tx.select().from(checkpoints).where(isIt).for('update');
    if (row === undefined) return 'not-found';
    if (row.state !== 'committed') return 'deleted';
    if (row.pinned === pinned) return 'unchanged';
    await inHand.tx.update(checkpoints).set({ pinned }).where(isIt);
    inHand.event(pinned ? 'checkpoint.pinned' : 'checkpoint.unpinned', { run }, { checkpoint: digest, step: row.step });
    return 'changed';
  });
}
