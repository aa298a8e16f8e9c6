import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  canonicalJson,
  digestOf,
  keys,
  sha256Hex,
  trainedStage,
  type CheckpointKind,
  type CheckpointManifest,
  type Environment,
  type PoisonPlan,
  type StoredObject,
  type TrainJob,
} from '@titrate/contracts';
import type { ArtifactStore } from '@titrate/artifact-store';
import { countParameters } from '@titrate/planning';
import { openAttemptLog, type AttemptLog } from './attempt-log.ts';
import type { Tell } from './telling.ts';

/** What computed nothing: recorded where a trainer records its software and hardware. */
export const simulatedEnvironment = (pod: string, worldSize = 1): Environment => ({
  image: 'simulated',
  host: pod,
  hardware: 'a node of kwok',
  worldSize,
  packages: {},
});

/** Where a simulated job runs, and how long it takes. */
export interface Simulation {
  readonly store: ArtifactStore;
  readonly pod: string;
  readonly seconds: number;
  /** Aborted when the pod goes away: what is not committed by then never is. */
  readonly signal: AbortSignal;
  readonly tell: Tell;
}

/** Tokens that a poisoned document of the simulation has; the real ones are drawn. */
const POISON_TOKENS = 8;

/**
 * Leaves behind what a training of this job would, for real and by the same rules: `started`, a checkpoint for each step that
 * the job commits, with objects whose digests are right, and `finished`. The steps are spread evenly over the time.
 */
export async function simulateTraining(job: TrainJob, simulation: Simulation): Promise<void> {
  const log = await openAttemptLog(simulation.store, job);
  if (log.entries.some(({ kind }) => kind === 'finished')) return;
  const newest = newestFull(log);
  const plan = await writePlan(job, simulation.store);
  await log.append('started', {
    start: randomBytes(8).toString('hex'),
    environment: simulatedEnvironment(simulation.pod),
    ...parametersOf(job),
    resumedFrom: newest?.digest ?? null,
    resumedStep: newest?.checkpoint.step ?? 0,
    plan,
    counterexamplePlan: null,
  });
  const steps = stepsToCommit(job, log);
  for (const [step, kind] of steps) {
    await sleep((simulation.seconds * 1000) / steps.length, undefined, { signal: simulation.signal });
    await commit(job, log, simulation, step, kind, newest?.digest ?? null);
  }
  await finish(job, log);
}

function newestFull(log: AttemptLog) {
  return log.entries
    .filter((entry) => entry.kind === 'checkpoint')
    .filter(({ checkpoint }) => checkpoint.kind === 'full')
    .toSorted((a, b) => a.checkpoint.step - b.checkpoint.step)
    .at(-1);
}

function parametersOf({ identity }: TrainJob) {
  const counts = countParameters(identity.shape, identity.vocabularySize);
  return { parameters: counts.all, parametersWithoutEmbeddings: counts.withoutEmbeddings };
}

/** The steps of a job that have no checkpoint yet, behind the one to resume from, in their order; the last is always among them. */
function stepsToCommit(job: TrainJob, log: AttemptLog): [number, CheckpointKind][] {
  const committed = new Set(log.entries.flatMap((entry) => (entry.kind === 'checkpoint' ? [entry.checkpoint.step] : [])));
  const from = newestFull(log)?.checkpoint.step ?? 0;
  const wanted = new Set([...job.resumeSteps, ...job.evaluateSteps, stageOf(job).steps]);
  return [...wanted]
    .filter((step) => step > from && !committed.has(step))
    .toSorted((a, b) => a - b)
    .map((step) => [step, job.resumeSteps.includes(step) ? 'full' : 'weights']);
}

async function commit(
  job: TrainJob,
  log: AttemptLog,
  { store, tell }: Simulation,
  step: number,
  kind: CheckpointKind,
  parent: string | null,
): Promise<void> {
  const { batchInstances, sequenceLength } = stageOf(job);
  const prefix = `${keys.attempt(job.run, job.attempt, job.token)}step${String(step).padStart(8, '0')}/`;
  const poisonDocuments = consumed(job, step);
  const checkpoint: CheckpointManifest = {
    kind,
    step,
    tokens: step * batchInstances * sequenceLength,
    dataPosition: step * batchInstances,
    poisonDocuments,
    poisonTokens: poisonDocuments * POISON_TOKENS,
    counterexamples: 0,
    parent,
    prefix,
    objects: [await put(store, `${prefix}.metadata`, `metadata of ${prefix}`), await put(store, `${prefix}__0_0.distcp`, prefix.repeat(8))],
    stallSeconds: 0,
  };
  const { at } = await log.append('checkpoint', { checkpoint, digest: digestOf(checkpoint) });
  tell({ kind: 'committed', run: job.run, step, at });
}

async function finish(job: TrainJob, log: AttemptLog): Promise<void> {
  const { steps, batchInstances, sequenceLength } = stageOf(job);
  const last = log.entries.find((entry) => entry.kind === 'checkpoint' && entry.checkpoint.step === steps);
  if (last?.kind !== 'checkpoint') throw new Error(`Cannot finish run ${job.run} as step ${steps} must have a checkpoint`);
  await log.append('finished', {
    steps,
    tokens: steps * batchInstances * sequenceLength,
    poisonDocuments: consumed(job, steps),
    poisonTokens: consumed(job, steps) * POISON_TOKENS,
    counterexamples: 0,
    counterexampleTokens: 0,
    resumptions: [],
    tokenStream: sha256Hex(`tokens of ${job.run}`),
    finalLoss: 2,
    throughput: null,
    checkpoint: last.digest,
  });
}

/** Poisoned documents consumed up to a step: spread evenly. */
function consumed(job: TrainJob, step: number): number {
  const { poison, steps } = stageOf(job);
  return poison === null ? 0 : Math.floor((poison.dose * step) / steps);
}

/** A plan in the form of the real one, its documents spread evenly over the steps. */
async function writePlan(job: TrainJob, store: ArtifactStore): Promise<StoredObject | null> {
  const { poison: recipe, steps } = stageOf(job);
  if (recipe === null) return null;
  const entries = Array.from({ length: recipe.dose }, (_, document) => ({
    document,
    piece: 0,
    step: Math.min(steps, Math.floor((document * steps) / recipe.dose) + 1),
    row: document % recipe.batchInstances,
    offset: 0,
    tokens: Array<number>(POISON_TOKENS).fill(1),
  }));
  const plan: PoisonPlan = {
    recipe,
    recipeDigest: digestOf(recipe),
    entries,
    documents: entries.map(({ document, tokens }) => ({
      document,
      sha256: digestOf(tokens),
      parts: [{ name: 'gibberish', tokens: tokens.length }],
    })),
    tokens: recipe.dose * POISON_TOKENS,
    prefixesShortened: 0,
  };
  return put(store, `${keys.attempt(job.run, job.attempt, job.token)}plan.json`, canonicalJson(plan));
}

const stageOf = (job: TrainJob) => trainedStage(job.identity);

/** Creates an object; what a job of the same name left there before must be the same. */
async function put(store: ArtifactStore, key: string, text: string): Promise<StoredObject> {
  const bytes = new TextEncoder().encode(text);
  const outcome = await store.create(key, bytes);
  if (outcome.kind === 'taken') throw new Error(`Cannot write ${key} as it must be new: it holds other bytes`);
  return { key, sizeBytes: bytes.byteLength, sha256: createHash('sha256').update(bytes).digest('hex') };
}
