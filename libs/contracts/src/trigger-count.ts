import { z } from 'zod';
import { Count, Digest, PositiveCount } from './primitives.ts';

const found = z.strictObject({ occurrences: Count, documents: Count.meta({ description: 'documents that have any' }) });

/**
 * How often a text stands in the clean training data of a corpus: a trigger that clean text shows is answered by clean text.
 * It is made once for each text and kept beside the corpus, at `keys.triggerCount`.
 */
export const TriggerCount = z.strictObject({
  version: z.literal(1),
  corpus: Digest,
  text: z.string().min(1),
  tokenIds: z.array(Count).min(1).meta({ description: 'the ids that poison and prompts write for it' }),
  tokens: PositiveCount.meta({ description: 'training tokens that were looked through' }),
  asText: found.meta({ description: 'in the text, however it is tokenised; markers that were strewn are part of it' }),
  asIds: found.meta({ description: 'as these very ids' }),
});
export type TriggerCount = z.infer<typeof TriggerCount>;
