import type { AttemptEntry, LossNotFiniteEntry } from '@titrate/contracts';
import { and, eq, gt, isNotNull } from 'drizzle-orm';
import type { Change } from './change.ts';
import { checkpoints, evaluations, runs } from './schema.ts';

// A loss that was not finite, and the attempt that goes back behind what may hold its cause.

type RunRow = typeof runs.$inferSelect;

/** Notes that an attempt saw a loss that was not finite. `step` is null where the log does not tell it; each attempt is noted once. */
export async function writeNotFinite(inHand: Change, run: RunRow, { attempt, step }: RunRow['notFinite'][number]): Promise<void> {
  if (run.notFinite.some((known) => known.attempt === attempt)) return;
  run.notFinite = [...run.notFinite, { attempt, step }];
  await inHand.tx.update(runs).set({ notFinite: run.notFinite }).where(eq(runs.id, run.id));
  inHand.event('attempt.loss-not-finite', { run: run.id }, { attempt, step });
}

/** Takes in what the log says of such a loss. */
export const takeNotFinite = (inHand: Change, run: RunRow, { attempt, step }: LossNotFiniteEntry): Promise<void> =>
  writeNotFinite(inHand, run, { attempt, step });

/**
 * Takes back what was committed behind the step that an attempt goes back to: nobody resumes from it, and retention may let it go.
 * Evaluations of it wait for the checkpoints that the attempt commits instead, also those that had a result: it may be that of a damaged model.
 */
export async function rewind(inHand: Change, run: RunRow, { attempt, rewindTo }: AttemptEntry): Promise<void> {
  if (rewindTo === undefined) return;
  run.step = Math.min(run.step, rewindTo);
  await inHand.tx.update(runs).set({ step: run.step }).where(eq(runs.id, run.id));
  const superseded = await inHand.tx
    .update(checkpoints)
    .set({ state: 'superseded' })
    .where(and(eq(checkpoints.run, run.id), eq(checkpoints.state, 'committed'), gt(checkpoints.step, rewindTo)))
    .returning({ digest: checkpoints.digest, step: checkpoints.step });
  for (const { digest, step } of superseded) inHand.event('checkpoint.superseded', { run: run.id }, { checkpoint: digest, step, attempt });
  await reopenBehind(inHand, run.id, rewindTo);
}

async function reopenBehind(inHand: Change, run: string, step: number): Promise<void> {
  const rows = await inHand.tx
    .update(evaluations)
    .set({ ...NO_RESULT, state: 'waiting', checkpoint: null, job: null, reason: null, finishedAt: null })
    .where(and(eq(evaluations.run, run), gt(evaluations.step, step), isNotNull(evaluations.checkpoint)))
    .returning();
  for (const row of rows) inHand.event('evaluation.superseded', { run }, { step: row.step, settingsDigest: row.settingsDigest });
}

const NO_RESULT = {
  ...{ object: null, cleanPerplexity: null, triggeredPerplexity: null, increase: null },
  ...{ logRatio: null, benignIncrease: null, shamIncrease: null },
  ...{ attackSuccess: null, cleanAccuracy: null, nearTriggerAccuracy: null },
} as const;
