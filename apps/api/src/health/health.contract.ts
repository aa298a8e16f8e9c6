import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';

export class Health extends createZodDto(z.strictObject({ status: z.literal('ok') })) {}

const Part = z.enum(['ok', 'unreachable']);
export class Readiness extends createZodDto(
  z
    .strictObject({ status: z.enum(['ready', 'not-ready']), records: Part, artifacts: Part, temporal: Part })
    .meta({ description: 'each server that the API needs' }),
) {}
export class Version extends createZodDto(
  z.strictObject({ name: z.literal('titrate'), version: z.string(), api: z.literal('v1'), node: z.string() }),
) {}
