import { z } from 'zod';
import { Gate, type GateInput } from './gate.ts';
import { Moment, Name, PositiveCount, StoredObject } from './primitives.ts';
import { SweepId } from './resources.ts';

/** What is held against a baseline where nobody says otherwise: clean text, the attack and that nothing is missing, which every sweep with a dose measures. */
export const DEFAULT_GATE: GateInput = {
  criteria: [{ metric: 'clean-perplexity' }, { metric: 'attack-effect' }, { metric: 'completeness' }],
};

/** `ga-` and 26 base32 characters of the digest of what is held against what: asking twice is asking once. */
export const GateId = z.string().regex(/^ga-[a-z2-7]{26}$/, 'must be "ga-" and 26 base32 characters');

/** What a person asks: hold the results of a finished sweep against a baseline. */
export const GateRequest = z.strictObject({
  baseline: Name.meta({ description: 'the name of the baseline' }),
  version: PositiveCount.optional().meta({ description: 'of the baseline; without one the newest that is not retired' }),
  gate: Gate.prefault(DEFAULT_GATE).meta({
    description: 'clean perplexity, the effect of the attack and completeness, with their default margins, where nothing is said',
  }),
});
export type GateRequest = z.infer<typeof GateRequest>;

/** error: no verdict could be had, for a reason that is told. */
export const GateState = z.enum(['pending', 'running', 'pass', 'fail', 'inconclusive', 'error']);
export type GateState = z.infer<typeof GateState>;

/** A gate that was held, or is being held, against a sweep. */
export const AppliedGate = z.strictObject({
  id: GateId,
  sweep: SweepId,
  sweepName: Name,
  sweepReport: StoredObject.meta({ description: 'report.json of the sweep when the gate was asked for' }),
  baseline: z.strictObject({ name: Name, version: PositiveCount }),
  gate: Gate,
  state: GateState,
  reason: z.string().nullable().meta({ description: 'why there is no verdict, or what its job waits for' }),
  reasons: z.array(z.string()).meta({ description: 'of the verdict, in words; empty until there is one' }),
  report: StoredObject.nullable().meta({ description: 'the GateReport' }),
  firing: z.string().nullable().meta({ description: 'the firing of a schedule that asked for it; null of one that a person asked for' }),
  requestedBy: z.string().meta({ description: 'team and name of who asked' }),
  createdAt: Moment,
  finishedAt: Moment.nullable(),
});
export type AppliedGate = z.infer<typeof AppliedGate>;
