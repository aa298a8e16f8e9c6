import { z } from 'zod';
import { GateId } from './applied-gate.ts';
import { Digest, Moment, Name, PositiveCount, StoredObject } from './primitives.ts';
import { SweepId } from './resources.ts';

/** Why somebody does something that others will ask about. */
const Why = z.string().trim().min(1).max(1000);

/** What a person asks: the results of a finished sweep are the ones that new results are held against. */
export const BaselinePromotion = z.strictObject({
  name: Name.meta({ description: 'of the baseline; the next version of it is made' }),
  sweep: SweepId.meta({ description: 'a finished sweep' }),
  why: Why.meta({ description: 'for whoever asks later' }),
  gate: GateId.optional().meta({ description: 'promotes only results that passed this gate, and records that they did' }),
});
export type BaselinePromotion = z.infer<typeof BaselinePromotion>;

/** A person says that a baseline is not to be used any more, and why. */
export const BaselineRetirement = z.strictObject({ why: Why });
export type BaselineRetirement = z.infer<typeof BaselineRetirement>;

/**
 * Accepted results, under a name and a version. Never changed: what a gate compared with can be looked up for ever. Its sweep
 * is not deleted and its evaluated checkpoints are kept, until it is retired.
 */
export const Baseline = z.strictObject({
  name: Name,
  version: PositiveCount,
  sweep: SweepId,
  sweepName: Name,
  specDigest: Digest,
  report: StoredObject.meta({ description: 'report.json as it was when the baseline was made' }),
  promotedBy: z.string().meta({ description: 'team and name of who made it' }),
  why: z.string(),
  gate: GateId.nullable().meta({ description: 'the gate that these results passed, where they were promoted for that' }),
  createdAt: Moment,
  retired: z.strictObject({ by: z.string(), why: z.string(), at: Moment }).nullable().meta({ description: 'null while it may be used' }),
});
export type Baseline = z.infer<typeof Baseline>;
