import { AppliedGate, GateId, GateReport, GateRequest, GateState, page, SweepId } from '@titrate/contracts';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { pageQuery } from '../http/paging.ts';
import { named, registered } from '../http/schemas.ts';

export class GateRequestBody extends createZodDto(GateRequest) {}
export class GateParameters extends createZodDto(z.strictObject({ id: GateId })) {}
export class GateQuery extends createZodDto(
  z.strictObject({
    ...pageQuery,
    sweep: SweepId.optional().meta({ description: 'held against one sweep only' }),
    state: GateState.optional(),
  }),
) {}

export class AppliedGateDto extends createZodDto(named(AppliedGate)) {}
export class GatePageDto extends createZodDto(registered('GatePage', page(AppliedGate))) {}
export class GateReportDto extends createZodDto(named(GateReport)) {}
