import { CellStatus, Count, Name, page, Report, Run, Sweep, SweepId, SweepPlan, SweepSpec, SweepState } from '@titrate/contracts';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { pageQuery } from '../http/paging.ts';
import { named, registered } from '../http/schemas.ts';

export class SpecBody extends createZodDto(z.strictObject({ spec: SweepSpec })) {}
export class SweepParameters extends createZodDto(z.strictObject({ id: SweepId })) {}

const Label = z
  .string()
  .regex(/^[^:]+:.*$/, 'must be key:value')
  .transform((text) => ({ key: text.slice(0, text.indexOf(':')), value: text.slice(text.indexOf(':') + 1) }))
  .refine(({ key }) => Name.safeParse(key).success, 'must begin with the key of a label');

export class SweepsQuery extends createZodDto(
  z.strictObject({ ...pageQuery, state: SweepState.optional(), label: Label.optional().meta({ description: 'key:value of a label' }) }),
) {}
export class DeleteQuery extends createZodDto(
  z.strictObject({ dryRun: z.enum(['true', 'false']).default('false').meta({ description: 'true: only tells what would go' }) }),
) {}
export class SweepHeaders extends createZodDto(
  z.object({
    'idempotency-key': z
      .string()
      .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 printable characters without blanks')
      .optional(),
  }),
) {}

export class SweepDto extends createZodDto(named(Sweep)) {}
export class SweepPlanDto extends createZodDto(named(SweepPlan)) {}
export class ReportDto extends createZodDto(named(Report)) {}
export class SweepPageDto extends createZodDto(registered('SweepPage', page(Sweep))) {}
export class CellPageDto extends createZodDto(registered('CellPage', page(CellStatus))) {}
export class RunPageDto extends createZodDto(registered('RunPage', page(Run))) {}

/** What a deletion removed, or with `dryRun` would remove. */
export class Deletion extends createZodDto(
  z.strictObject({
    kind: z.enum(['deleted', 'would-delete']),
    runs: Count,
    sharedRuns: Count.meta({ description: 'runs that other sweeps demand; they stay' }),
    checkpoints: Count,
  }),
) {}
