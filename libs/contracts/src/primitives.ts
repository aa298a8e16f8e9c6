import { z } from 'zod';

/** A sha256 in lower-case hexadecimal: the name of a run, corpus, plan, checkpoint or settings. */
export const Digest = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'must be a sha256 of 64 lower-case hexadecimal digits')
  .meta({ description: 'sha256 in lower-case hexadecimal' });
export type Digest = z.infer<typeof Digest>;

/** The largest integer that every JSON reader holds exactly. */
const SAFE = Number.MAX_SAFE_INTEGER;

/** A count: a whole number of zero or more. */
export const Count = z.int().min(0).max(SAFE);
/** A count of one or more. */
export const PositiveCount = z.int().min(1).max(SAFE);
/** A seed of a random generator: any whole number that fits 32 bits, so that every library takes it as it is. */
export const Seed = z.int().min(0).max(0xffffffff);
/** A share of a whole: above 0, at most 1. */
export const Share = z.number().gt(0).max(1);
/** A moment, as RFC 3339 in UTC. */
export const Moment = z.iso.datetime();
/** A name that people give: lower-case words joined by hyphens, so that it can stand in a path or a label. */
export const Name = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'must be lower-case letters, digits, dots and hyphens, as in "sotu"');

/** Bytes in the artifact store, named by key and proven by digest. */
export const StoredObject = z.strictObject({
  key: z.string().min(1).meta({ description: 'key in the artifact store' }),
  sizeBytes: Count,
  sha256: Digest,
});
export type StoredObject = z.infer<typeof StoredObject>;

/** How the ranks of a training shared their work, after everything was resolved. Recorded, never part of an identity. */
export const UsedExecution = z.strictObject({
  dataParallel: z.enum(['none', 'fsdp', 'hsdp']).meta({ description: 'none for a single process' }),
  replicas: PositiveCount.meta({ description: 'copies of the model' }),
  shards: PositiveCount.meta({ description: 'ranks over which one copy is spread, tensor parallelism aside' }),
  tensorParallel: PositiveCount,
  microbatchTokens: PositiveCount.meta({ description: 'tokens that a rank passed through the model at a time' }),
  activationCheckpointing: z.enum(['none', 'full']),
  compile: z.boolean(),
  float8: z.boolean(),
});
export type UsedExecution = z.infer<typeof UsedExecution>;

/** The software and hardware that computed something: recorded, never part of an identity. */
export const Environment = z.strictObject({
  image: z.string().meta({ description: 'image reference by digest, or "local" for a process on this machine' }),
  host: z.string(),
  hardware: z.string().meta({ description: 'accelerator and count, or the processor' }),
  worldSize: PositiveCount,
  packages: z.record(z.string(), z.string()).meta({ description: 'package name to version' }),
  execution: UsedExecution.optional().meta({ description: 'of a training' }),
});
export type Environment = z.infer<typeof Environment>;
