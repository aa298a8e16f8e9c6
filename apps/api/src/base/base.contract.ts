import { Base, BaseRecipe, CorpusSource, Digest, Name, page } from '@titrate/contracts';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { named, registered } from '../http/schemas.ts';

export class RegisterBaseBody extends createZodDto(
  z.strictObject({
    recipe: BaseRecipe,
    source: CorpusSource.meta({ description: 'files that were uploaded, by their names in the folder, or objects that lie in S3 already' }),
  }),
) {}
export class BaseParameters extends createZodDto(
  z.strictObject({ nameOrDigest: z.union([Digest, Name]).meta({ description: 'name or digest' }) }),
) {}

export class BaseDto extends createZodDto(named(Base)) {}
export class BasePageDto extends createZodDto(registered('BasePage', page(Base))) {}
