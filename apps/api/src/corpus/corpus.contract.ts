import {
  Corpus,
  CorpusRecipe,
  CorpusSource,
  Count,
  Digest,
  ModelShape,
  Name,
  page,
  StoredObject,
  TrainingSettings,
} from '@titrate/contracts';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { named, registered } from '../http/schemas.ts';

export class RegisterBody extends createZodDto(
  z.strictObject({
    recipe: CorpusRecipe,
    source: CorpusSource.meta({ description: 'files that were uploaded, or objects that lie in S3 already' }),
    tokenizer: StoredObject.optional().meta({
      description: 'what the upload of the tokenizer.json answered that the recipe names by its digest',
    }),
  }),
) {}
export class CorpusParameters extends createZodDto(
  z.strictObject({ nameOrDigest: z.union([Digest, Name]).meta({ description: 'name or digest' }) }),
) {}

export class CorpusDto extends createZodDto(named(Corpus)) {}
export class CorpusPageDto extends createZodDto(registered('CorpusPage', page(Corpus))) {}
export class StoredObjectDto extends createZodDto(named(StoredObject)) {}

/** Where a value comes from: P published, D derived, U a choice. */
const Source = z.strictObject({ mark: z.enum(['P', 'D', 'U']), source: z.string() });

/** The sizes that specs may name, with what their estimates rest on. */
export class SizeList extends createZodDto(
  z.strictObject({
    items: z.array(
      z.strictObject({
        name: Name,
        nominalParameters: Count.nullable().meta({ description: 'what the size is called, as in 600M' }),
        shape: ModelShape,
        shapeSource: Source,
        training: TrainingSettings,
        trainingSource: Source.meta({ description: 'of learning rate, warm-up and batch' }),
        throughput: z.strictObject({
          tokensPerSecond: z.number(),
          gpus: Count.meta({ description: '0 trains on processor cores' }),
          ...Source.shape,
        }),
      }),
    ),
  }),
) {}
