import { registered } from '../http/schemas.ts';
import { Count, LedgerEntry, SweepId } from '@titrate/contracts';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';

const after = z.coerce.number().pipe(Count);

export class EventsQuery extends createZodDto(
  z.strictObject({
    sweep: SweepId.optional().meta({ description: 'only what concerns this sweep' }),
    after: after.default(0).meta({ description: 'begin behind this event; the header Last-Event-ID wins over it' }),
  }),
) {}
export class LastEventId extends createZodDto(z.object({ 'last-event-id': after.optional() })) {}

export class NewestEvent extends createZodDto(
  z.strictObject({ id: Count.meta({ description: 'number of the newest event; 0 before the first' }) }),
) {}

export class LedgerQuery extends createZodDto(
  z.strictObject({
    after: after.default(0).meta({ description: 'begin behind this number' }),
    limit: z.coerce.number().int().min(1).max(1000).default(200),
  }),
) {}
export class LedgerPageDto extends createZodDto(
  registered(
    'LedgerPage',
    z.strictObject({
      items: z.array(LedgerEntry),
      next: Count.nullable().meta({ description: 'give it as "after" to go on; null at the end' }),
    }),
  ),
) {}
