import { z } from 'zod';
import { Name, PositiveCount } from './primitives.ts';

const fields = {
  documentsPerBatch: PositiveCount.nullable().meta({
    description:
      'density: so many poisoned documents in each poisoned batch, the last one apart; null: each document falls anywhere among the instances of the steps that may hold poison',
  }),
  everySteps: PositiveCount.meta({ description: 'frequency: only every so-manieth step of the window, the first one on, may hold poison' }),
  order: z.enum(['random', 'as-drawn']).meta({
    description:
      'random: poison falls anywhere in the window; as-drawn: the steps that may hold poison are filled one after another from the first on, one document each where documentsPerBatch is null',
  }),
  split: z.boolean().meta({
    description: 'whether a document that is longer than an instance goes on in other instances of the same step; else it is refused',
  }),
};

/** Where poison falls in training, as a recipe holds it. */
export const Placement = z.strictObject({
  firstStep: PositiveCount.meta({ description: 'first step of the window' }),
  lastStep: PositiveCount.meta({ description: 'last step of the window' }),
  ...fields,
});
export type Placement = z.infer<typeof Placement>;

const share = z.number().min(0).max(1);
const inSpec = {
  window: z
    .tuple([share, share])
    .refine(([from, to]) => from < to, 'must be [from, to] with from below to')
    .default([0, 1])
    .meta({ description: 'the part of training that may hold poison, as shares of its steps: [from, to]' }),
  documentsPerBatch: fields.documentsPerBatch.default(null),
  everySteps: fields.everySteps.default(1),
  order: fields.order.default('random'),
  split: fields.split.default(false),
};

/** Where poison falls in training, as a spec states it: by default anywhere, each instance as likely as any other. */
export const PlacementSpec = z.strictObject(inSpec);
export type PlacementSpec = z.infer<typeof PlacementSpec>;

/** One of several placements that a grid compares. */
export const NamedPlacement = z.strictObject({ name: Name.meta({ description: 'what cells and the report call it' }), ...inSpec });
export type NamedPlacement = z.infer<typeof NamedPlacement>;
