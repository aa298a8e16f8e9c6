import type { AttemptEntry, CheckpointEntry, FinishedEntry, RunLogEntry } from '@titrate/contracts';
import { and, eq, sql } from 'drizzle-orm';
import type { CheckpointSteps, JobDevices } from '../records.ts';
import { firstDemandOf, keptOf, seconds } from './attempt-time.ts';
import { failStranded, releaseBase, wakeContinued } from './bases.ts';
import { change, type Change } from './change.ts';
import type { Database } from './database.ts';
import { attachCheckpoints } from './demands.ts';
import { wakeWaiting } from './references.ts';
import { rewind, takeNotFinite } from './rewinding.ts';
import { attempts, checkpoints, runs } from './schema.ts';

type StartedEntry = Extract<RunLogEntry, { kind: 'started' }>;
type RunRow = typeof runs.$inferSelect;

/** The row of a run, locked until the transaction ends. Every change of a run begins with it, and keeps it as the row is by then. */
export async function lockRun(inHand: Change, id: string): Promise<RunRow> {
  const [row] = await inHand.tx.select().from(runs).where(eq(runs.id, id)).for('update');
  if (row === undefined) throw new Error(`Cannot change run ${id} as it must be in the records`);
  return row;
}

/**
 * Takes in entries of a run's log. The log is the truth and the records are its copy, so entries arrive in order and
 * an entry that was seen before changes nothing.
 *
 * @throws Error when an entry before them was never taken in.
 */
export async function recordLog(db: Database, id: string, entries: readonly RunLogEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await change(db, null, async (inHand) => {
    const run = await lockRun(inHand, id);
    for (const entry of entries) {
      if (entry.seq < run.recordedSeq) continue;
      if (entry.seq > run.recordedSeq)
        throw new Error(`Cannot record log entry ${entry.seq} of run ${id} as the next one must be ${run.recordedSeq}`);
      run.recordedSeq = entry.seq + 1;
      await take(inHand, run, entry);
    }
    await inHand.tx.update(runs).set({ recordedSeq: run.recordedSeq }).where(eq(runs.id, id));
  });
}

function take(inHand: Change, run: RunRow, entry: RunLogEntry): Promise<void> {
  switch (entry.kind) {
    case 'attempt':
      return takeAttempt(inHand, run, entry);
    case 'started':
      return writeStart(inHand, run, entry);
    case 'checkpoint':
      return writeCheckpoint(inHand, run, entry);
    case 'loss-not-finite':
      return takeNotFinite(inHand, run, entry);
    case 'finished':
      return writeFinish(inHand, run, entry);
  }
}

async function takeAttempt(inHand: Change, run: RunRow, entry: AttemptEntry): Promise<void> {
  await writeAttempt(inHand, run, entry.attempt, entry.token, null);
  await rewind(inHand, run, entry);
}

/**
 * The launcher has made, or is about to make, the attempt's job. The log may have told of the attempt before, or will later.
 * The steps of the first call stay: the job may exist by now, and was told those. Null when the attempt has ended.
 */
export function attemptLaunched(
  db: Database,
  id: string,
  number: number,
  token: string,
  job: string,
  steps: CheckpointSteps,
  { devices, gpus }: JobDevices = { devices: 1, gpus: 0 },
): Promise<CheckpointSteps | null> {
  return change(db, null, async (inHand) => {
    await writeAttempt(inHand, await lockRun(inHand, id), number, token, job);
    const isIt = and(eq(attempts.run, id), eq(attempts.number, number));
    const [known] = await inHand.tx.select({ steps: attempts.steps, endedAt: attempts.endedAt }).from(attempts).where(isIt);
    if (known != null && known.endedAt !== null) return null;
    if (known?.steps) return known.steps;
    await inHand.tx.update(attempts).set({ steps, devices, gpus }).where(isIt);
    return steps;
  });
}

async function writeAttempt(inHand: Change, run: RunRow, number: number, token: string, job: string | null): Promise<void> {
  const isIt = and(eq(attempts.run, run.id), eq(attempts.number, number));
  const [known] = await inHand.tx.select().from(attempts).where(isIt);
  if (known !== undefined) {
    const isSame = known.token === token && (job === null || known.job === job);
    if (!isSame)
      await inHand.tx
        .update(attempts)
        .set({ token, job: job ?? known.job })
        .where(isIt);
    return;
  }
  await inHand.tx.insert(attempts).values({ run: run.id, number, token, job: job ?? '', state: 'launched' });
  run.attempt = Math.max(run.attempt, number);
  await inHand.tx.update(runs).set({ attempt: run.attempt }).where(eq(runs.id, run.id));
  inHand.event('attempt.launched', { run: run.id }, { attempt: number });
}

/** An attempt may start more than once: a queue that evicts its job and admits it again starts the same attempt anew. */
async function writeStart(inHand: Change, run: RunRow, { attempt, at, resumedStep, environment }: StartedEntry): Promise<void> {
  const isIt = and(eq(attempts.run, run.id), eq(attempts.number, attempt));
  const [known] = await inHand.tx.select().from(attempts).where(isIt);
  if (known === undefined) throw new Error(`Cannot start attempt ${attempt} of run ${run.id} as the log must have announced it`);
  await inHand.tx
    .update(attempts)
    .set({
      keptSeconds: known.keptSeconds + (await keptOf(inHand.tx, known)),
      state: sql`case when ${attempts.state} = 'launched' then 'running' else ${attempts.state} end`,
      resumedStep,
      startedAt: new Date(at),
      waiting: null,
    })
    .where(isIt);
  if (run.state !== 'running') {
    run.state = 'running';
    await inHand.tx.update(runs).set({ state: run.state }).where(eq(runs.id, run.id));
    inHand.event('run.started', { run: run.id });
  }
  inHand.event(
    'attempt.started',
    { run: run.id },
    {
      ...{ attempt, resumedStep, host: environment.host, hardware: environment.hardware, worldSize: environment.worldSize },
      ...{ size: run.size, ...(await waitsOf(inHand, known, new Date(at))) },
    },
  );
}

/** How long an attempt was queued, and a run from the submission of its sweep to its first start. A job that is admitted again was counted before. */
async function waitsOf(inHand: Change, { run, number, launchedAt, placedAt, startedAt }: typeof attempts.$inferSelect, at: Date) {
  if (startedAt !== null) return {};
  const first = number === 1 ? await firstDemandOf(inHand.tx, run) : null;
  return {
    queueSeconds: seconds(launchedAt, placedAt ?? at),
    ...(first !== null && { sinceSubmissionSeconds: seconds(first.at, at) }),
  };
}

async function writeCheckpoint(inHand: Change, run: RunRow, { attempt, at, digest, checkpoint }: CheckpointEntry): Promise<void> {
  const { step, kind, tokens, stallSeconds } = checkpoint;
  const bytes = checkpoint.objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  await inHand.tx
    .insert(checkpoints)
    .values({ run: run.id, digest, attempt, step, manifest: checkpoint, state: 'committed', committedAt: new Date(at) });
  run.step = Math.max(run.step, step);
  await inHand.tx.update(runs).set({ step: run.step }).where(eq(runs.id, run.id));
  await attachCheckpoints(inHand.tx, [run.id]);
  inHand.event(
    'checkpoint.committed',
    { run: run.id },
    { checkpoint: digest, attempt, step, kind, tokens, bytes, stallSeconds, size: run.size },
  );
  await wakeContinued(inHand, run.id, step);
}

async function writeFinish(inHand: Change, run: RunRow, entry: FinishedEntry): Promise<void> {
  await inHand.tx.update(runs).set({ trained: true, finished: entry, state: 'evaluating', step: entry.steps }).where(eq(runs.id, run.id));
  const { attempt, tokens, poisonDocuments, tokenStream } = entry;
  inHand.event('run.trained', { run: run.id }, { attempt, tokens, poisonDocuments, tokenStream, size: run.size });
  releaseBase(inHand, run);
  await failStranded(inHand, run.id);
  await wakeWaiting(inHand, run.id);
}
