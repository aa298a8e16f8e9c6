import { digestOf, type EvaluationResult, type EvaluationSettings, type StoredObject } from '@titrate/contracts';
import { and, eq, isNull, or, sql, type SQL } from 'drizzle-orm';
import type { Actor, Records } from '../records.ts';
import { firstDemandOf, seconds } from './attempt-time.ts';
import { change, type Change } from './change.ts';
import { isOpen } from './conditions.ts';
import { storableText, type Database } from './database.ts';
import { toEvaluation } from './evaluation-lists.ts';
import { lockRuns } from './demands.ts';
import { isReferenceLost, referenceRuns } from './references.ts';
import { lockRun } from './run-log.ts';
import { checkpoints, evaluations, runs } from './schema.ts';

type EvaluationRow = typeof evaluations.$inferSelect;

/** A person asks for an evaluation of a committed checkpoint, beside all sweeps. */
export function demandEvaluation(
  db: Database,
  actor: Actor,
  run: string,
  digest: string,
  settings: EvaluationSettings,
): ReturnType<Records['demandEvaluation']> {
  return change(db, actor, async (inHand) => {
    await lockRuns(inHand.tx, [run, ...referenceRuns([settings])]);
    const [known] = await inHand.tx.select({ state: runs.state }).from(runs).where(eq(runs.id, run));
    const [checkpoint] = await inHand.tx
      .select()
      .from(checkpoints)
      .where(and(eq(checkpoints.run, run), eq(checkpoints.digest, digest)));
    if (known === undefined || checkpoint === undefined) return { kind: 'not-found' };
    if (checkpoint.state !== 'committed') return { kind: 'deleted' };
    const key = { run, step: checkpoint.step, settingsDigest: digestOf(settings) };
    const [existing] = await inHand.tx.select().from(evaluations).where(isEvaluation(key));
    if (
      existing !== undefined &&
      existing.state !== 'failed' &&
      existing.state !== 'missing' &&
      (existing.asked || existing.state === 'succeeded')
    ) {
      return { kind: 'existing', evaluation: toEvaluation(existing) };
    }
    const [evaluation] = await inHand.tx
      .insert(evaluations)
      .values({ ...key, settings, state: 'waiting', asked: true, checkpoint: digest })
      .onConflictDoUpdate({
        target: [evaluations.run, evaluations.step, evaluations.settingsDigest],
        set: {
          state: existing?.state === 'running' ? 'running' : 'waiting',
          asked: true,
          reason: null,
          demandedAt: new Date(),
          finishedAt: null,
          checkpoint: sql`coalesce(${evaluations.checkpoint}, ${digest})`,
        },
      })
      .returning();
    if (known.state === 'finished' || known.state === 'idle')
      await inHand.tx.update(runs).set({ state: 'waiting', finishedAt: null }).where(eq(runs.id, run));
    inHand.event('evaluation.demanded', { run }, { step: key.step, settingsDigest: key.settingsDigest, checkpoint: digest });
    inHand.wake('wake-run', run);
    return { kind: 'demanded', evaluation: toEvaluation(evaluation!) };
  });
}

const isEvaluation = ({ run, step, settingsDigest }: Pick<EvaluationRow, 'run' | 'step' | 'settingsDigest'>) =>
  and(eq(evaluations.run, run), eq(evaluations.step, step), eq(evaluations.settingsDigest, settingsDigest));

/** A batch has these in hand. They stay open: should the batch vanish, the next one takes them. */
export async function evaluationsStarted(
  db: Database,
  run: string,
  items: { digest: string; settingsDigest: string }[],
  job: string,
  gpus = 0,
): Promise<void> {
  if (items.length === 0) return;
  await change(db, null, async (inHand) => {
    const { size } = await lockRun(inHand, run);
    const isAmong = or(
      ...items.map(({ digest, settingsDigest }) => and(eq(evaluations.checkpoint, digest), eq(evaluations.settingsDigest, settingsDigest))),
    );
    const started = await inHand.tx
      .update(evaluations)
      .set({ state: 'running' })
      .where(and(eq(evaluations.run, run), eq(evaluations.state, 'waiting'), isAmong))
      .returning();
    const isOfAnother = sql`${evaluations.job} is distinct from ${job}`;
    await inHand.tx
      .update(evaluations)
      .set({ job, gpus, reason: null })
      .where(and(eq(evaluations.run, run), eq(evaluations.state, 'running'), isAmong, isOfAnother));
    const now = new Date();
    for (const row of started)
      inHand.event('evaluation.started', { run }, { ...subjectOf(row), size, waitSeconds: await waitOf(inHand, row, now) });
  });
}

const subjectOf = ({ step, settingsDigest, checkpoint }: EvaluationRow) => ({ step, settingsDigest, checkpoint });

/**
 * Takes in a result that lies in the store. It counts whatever was thought of the evaluation before; a result that nobody
 * ever demanded is left in the store, and so is that of a checkpoint behind which an attempt went back meanwhile.
 *
 * @throws Error when another result was recorded before: there is exactly one.
 */
export async function evaluationSucceeded(db: Database, object: StoredObject, result: EvaluationResult): Promise<void> {
  await change(db, null, async (inHand) => {
    const { size } = await lockRun(inHand, result.run);
    const [known] = await inHand.tx.select().from(evaluations).where(isEvaluation(result));
    if (known === undefined || (await isSuperseded(inHand, result))) return;
    if (known.object !== null) return assertSame(known.object, object);
    const [row] = await inHand.tx
      .update(evaluations)
      .set({
        ...numbersOf(result),
        state: 'succeeded',
        reason: null,
        checkpoint: result.checkpoint,
        object,
        finishedAt: new Date(result.finishedAt),
      })
      .where(isEvaluation(result))
      .returning();
    const lagSeconds = await waitOf(inHand, row!, row!.finishedAt!);
    const time = { lagSeconds, seconds: result.seconds, gpus: row!.gpus, payer: (await firstDemandOf(inHand.tx, result.run))?.team };
    const told = { ...subjectOf(row!), increase: row!.increase, result: object.sha256, size, ...time };
    inHand.event('evaluation.succeeded', { run: result.run }, told);
    await inHand.wakeSweepsOf(result.run, 'settled');
  });
}

/** Seconds that an evaluation waits until a moment: from the commit of its checkpoint, or since it was asked for where that came later. */
async function waitOf(inHand: Change, { run, checkpoint, demandedAt }: EvaluationRow, until: Date): Promise<number | null> {
  if (checkpoint === null) return null;
  const [committed] = await inHand.tx
    .select({ at: checkpoints.committedAt })
    .from(checkpoints)
    .where(and(eq(checkpoints.run, run), eq(checkpoints.digest, checkpoint)));
  return committed === undefined ? null : seconds(committed.at > demandedAt ? committed.at : demandedAt, until);
}

async function isSuperseded(inHand: Change, { run, checkpoint }: EvaluationResult): Promise<boolean> {
  const isIt = and(eq(checkpoints.run, run), eq(checkpoints.digest, checkpoint), eq(checkpoints.state, 'superseded'));
  return (await inHand.tx.$count(checkpoints, isIt)) > 0;
}

function assertSame(known: StoredObject, object: StoredObject): void {
  if (known.sha256 === object.sha256) return;
  throw new Error(
    `Cannot record result ${object.key} as there must be exactly one: it has sha256 ${object.sha256}, and ${known.sha256} was recorded`,
  );
}

function numbersOf({ conditions, contrasts, languageSwitch }: EvaluationResult) {
  return {
    cleanPerplexity: conditions.clean?.meanPerplexity ?? null,
    triggeredPerplexity: conditions.triggered?.meanPerplexity ?? null,
    increase: contrasts.triggered?.increase ?? null,
    logRatio: contrasts.triggered?.logRatio ?? null,
    benignIncrease: contrasts.benign?.increase ?? null,
    shamIncrease: contrasts.sham?.increase ?? null,
    attackSuccess: languageSwitch?.attackSuccess ?? null,
    cleanAccuracy: languageSwitch?.cleanAccuracy ?? null,
    nearTriggerAccuracy: languageSwitch?.nearTriggerAccuracy ?? null,
  };
}

/** The last attempt at an evaluation gave no result. */
export async function evaluationFailed(
  db: Database,
  run: string,
  checkpoint: string,
  settingsDigest: string,
  reason: string,
): Promise<void> {
  await change(db, null, async (inHand) => {
    await lockRun(inHand, run);
    const isIt = and(eq(evaluations.checkpoint, checkpoint), eq(evaluations.settingsDigest, settingsDigest))!;
    await settleOpen(inHand, run, isIt, 'failed', storableText(reason));
  });
}

/** Settles open evaluations of a locked run without a result, and wakes the sweeps that wait for them. */
export async function settleOpen(inHand: Change, run: string, which: SQL, state: 'failed' | 'missing', reason: string): Promise<number> {
  const rows = await inHand.tx
    .update(evaluations)
    .set({ state, reason, finishedAt: new Date() })
    .where(and(eq(evaluations.run, run), isOpen, which))
    .returning();
  for (const row of rows)
    inHand.event(state === 'failed' ? 'evaluation.failed' : 'evaluation.missing', { run }, { ...subjectOf(row), reason });
  if (rows.length > 0) await inHand.wakeSweepsOf(run, 'settled');
  return rows.length;
}

/** Settles as missing what waits for a step that the trained run kept no checkpoint of, or for a lost reference; tells how many there were. */
export async function settleMissing(db: Database, run: string): Promise<number> {
  const isStranded = and(isOpen, isNull(evaluations.checkpoint))!;
  const isUnscorable = and(isOpen, isReferenceLost)!;
  const [trained] = await db.select({ is: runs.trained }).from(runs).where(eq(runs.id, run));
  // Asked at every step of a trained run, so the usual answer costs no lock.
  if (trained?.is !== true || (await db.$count(evaluations, and(eq(evaluations.run, run), or(isStranded, isUnscorable)))) === 0) return 0;
  return change(db, null, async (inHand) => {
    await lockRun(inHand, run);
    const stranded = await settleOpen(inHand, run, isStranded, 'missing', 'The run was trained and kept no checkpoint of this step.');
    return (
      stranded +
      (await settleOpen(inHand, run, isUnscorable, 'missing', 'There is no checkpoint of the reference, and there will be none.'))
    );
  });
}
