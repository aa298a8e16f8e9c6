import type { EvaluationSettings, ReferenceCheckpoint, ResolvedReference } from '@titrate/contracts';
import { and, asc, eq, sql, type SQL } from 'drizzle-orm';
import type { Change } from './change.ts';
import { isOpen } from './conditions.ts';
import type { Reader } from './database.ts';
import { checkpoints, evaluations, runs } from './schema.ts';

const referenceRun = sql`${evaluations.settings} -> 'reference' ->> 'run'`;
const referenceStep = sql`(${evaluations.settings} -> 'reference' ->> 'step')::bigint`;

/** The committed checkpoint that a reference names, the first where its step was committed twice; null until there is one. */
export async function resolveReference(reader: Reader, { run, step }: ReferenceCheckpoint): Promise<ResolvedReference | null> {
  const [found] = await reader
    .select({ identity: runs.identity, digest: checkpoints.digest, checkpoint: checkpoints.manifest })
    .from(checkpoints)
    .innerJoin(runs, eq(runs.id, checkpoints.run))
    .where(and(eq(checkpoints.run, run), eq(checkpoints.step, step), eq(checkpoints.state, 'committed')))
    .orderBy(asc(checkpoints.number))
    .limit(1);
  if (found === undefined) return null;
  const { shape, vocabularySize } = found.identity;
  return { run, digest: found.digest, shape, vocabularySize, checkpoint: found.checkpoint };
}

/** Looks each reference up once, whatever number of settings name it. */
export async function resolveReferences(
  reader: Reader,
  settings: readonly EvaluationSettings[],
): Promise<(reference: ReferenceCheckpoint) => ResolvedReference | null> {
  const nameOf = ({ run, step }: ReferenceCheckpoint): string => `${run}/${step}`;
  const wanted = settings.flatMap(({ reference }) => (reference === null ? [] : [[nameOf(reference), reference] as const]));
  const found = new Map<string, ResolvedReference | null>();
  for (const [name, reference] of new Map(wanted)) found.set(name, await resolveReference(reader, reference));
  return (reference) => found.get(nameOf(reference)) ?? null;
}

/** The runs that settings refer to, each once. */
export function referenceRuns(settings: readonly EvaluationSettings[]): string[] {
  return [...new Set(settings.flatMap(({ reference }) => (reference === null ? [] : [reference.run])))];
}

/** Steps of a run under whose checkpoints open evaluations, of whatever run, are to be scored. */
export async function stepsReferredTo(reader: Reader, run: string): Promise<number[]> {
  const rows = await reader
    .selectDistinctOn([referenceStep], { step: sql<string>`${referenceStep}` })
    .from(evaluations)
    .where(and(isOpen, sql`${referenceRun} = ${run}`));
  return rows.map(({ step }) => Number(step));
}

/** The evaluation's reference does not exist and never will: its run is unknown, failed for good, or was trained without keeping that step. */
export const isReferenceLost: SQL = sql`(${referenceRun} is not null and not exists (
  select 1 from runs r where r.id = ${referenceRun} and (
    (not r.trained and r.state <> 'failed') or exists (
      select 1 from checkpoints c where c.run = r.id and c.step = ${referenceStep} and c.state = 'committed'))))`;

/** Of the row of `runs`: it is trained, and all that is open waits for references that are not committed yet. */
export const waitsForReference: SQL = sql`(${runs.trained} and not exists (
  select 1 from ${evaluations} where ${evaluations.run} = ${runs.id} and ${isOpen} and (${referenceRun} is null or exists (
    select 1 from checkpoints c where c.run = ${referenceRun} and c.step = ${referenceStep} and c.state = 'committed'))))`;

/** A run that is trained and waits for references only gives up its place: its sweeps are woken to fill it. */
export async function wakeWaiting(inHand: Change, run: string): Promise<void> {
  const [waiting] = await inHand.tx
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.id, run), waitsForReference));
  if (waiting !== undefined) await inHand.wakeSweepsOf(run);
}
