import { Baseline, BaselinePromotion, BaselineRetirement, Name, page } from '@titrate/contracts';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { named, registered } from '../http/schemas.ts';
import { pageQuery } from '../http/paging.ts';

export class BaselinePromotionBody extends createZodDto(BaselinePromotion) {}
export class BaselineRetirementBody extends createZodDto(BaselineRetirement) {}
export class BaselineQuery extends createZodDto(
  z.strictObject({ ...pageQuery, name: Name.optional().meta({ description: 'versions of one name only' }) }),
) {}
export class BaselineParameters extends createZodDto(z.strictObject({ name: Name })) {}
export class BaselineVersionParameters extends createZodDto(
  z.strictObject({
    name: Name,
    version: z.coerce
      .number()
      .int()
      .min(1)
      .max(2 ** 31 - 1),
  }),
) {}

export class BaselineDto extends createZodDto(named(Baseline)) {}
export class BaselinePageDto extends createZodDto(registered('BaselinePage', page(Baseline))) {}
