import { Body, Controller, Delete, Get, Headers, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiTags } from '@nestjs/swagger';
import type { Page, Sweep, SweepPlan } from '@titrate/contracts';
import type { ChangeOutcome, DeleteOutcome, Records } from '@titrate/records';
import type { FastifyReply } from 'fastify';
import { Answer } from '../http/answer.ts';
import { accept } from '../http/contract.pipe.ts';
import { notFound, refused } from '../http/fault.ts';
import { PLANNER, RECORDS, SETTINGS, type ApiSettings, type Planner } from '../ports.ts';
import { AcceptsSpec, specSource } from './spec-body.ts';
import {
  DeleteQuery,
  Deletion,
  SweepDto,
  SweepHeaders,
  SweepPageDto,
  SweepParameters,
  SweepPlanDto,
  SweepsQuery,
} from './sweep.contract.ts';

/** Sweeps as people ask for them: planned, submitted, steered, deleted. */
@ApiTags('sweeps')
@ApiBearerAuth()
@Controller('v1')
export class SweepController {
  constructor(
    @Inject(RECORDS) private readonly records: Records,
    @Inject(PLANNER) private readonly planner: Planner,
    @Inject(SETTINGS) private readonly settings: ApiSettings,
  ) {}

  /** Says what a spec stands for and what it costs, and starts nothing. */
  @Post('plans')
  @AcceptsSpec()
  @Answer(200, SweepPlanDto, 'The plan of the spec')
  async planSweep(@Body() body: unknown): Promise<SweepPlan> {
    return (await this.planner.plan(specSource(body))).plan;
  }

  /** Submits a sweep. The same spec, or the same idempotency key, gives the same sweep. */
  @Post('sweeps')
  @AcceptsSpec()
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'the same key gives the same sweep; with another spec it is refused',
  })
  @Answer([201, 200], SweepDto, 'The sweep: 201 when it is new, 200 when it was there already')
  async submitSweep(@Body() body: unknown, @Headers() headers: unknown, @Res({ passthrough: true }) reply: FastifyReply): Promise<Sweep> {
    const key = accept(SweepHeaders.schema, headers)['idempotency-key'] ?? null;
    const { spec, plan } = await this.planner.plan(specSource(body));
    const outcome = await this.records.submitSweep(this.settings.actor, spec, plan, key);
    if (outcome.kind === 'key-reused')
      throw refused('idempotency-key-reused', `The idempotency key was used for another spec: sweep ${outcome.sweep}`);
    void reply.status(outcome.kind === 'created' ? 201 : 200).header('location', `/v1/sweeps/${outcome.sweep.id}`);
    return outcome.sweep;
  }

  /** Lists the team's sweeps, the newest first. */
  @Get('sweeps')
  @Answer(200, SweepPageDto, 'A page of sweeps')
  listSweeps(@Query() query: SweepsQuery): Promise<Page<Sweep>> {
    return this.records.listSweeps(this.settings.actor.team, query);
  }

  @Get('sweeps/:id')
  @Answer(200, SweepDto, 'The sweep')
  async getSweep(@Param() { id }: SweepParameters): Promise<Sweep> {
    return (await this.records.getSweep(this.settings.actor.team, id)) ?? missing(id);
  }

  /** Deletes a sweep that has ended; runs that other sweeps demand stay. */
  @Delete('sweeps/:id')
  @Answer(200, Deletion, 'What was deleted, or with dryRun would be')
  async deleteSweep(@Param() { id }: SweepParameters, @Query() { dryRun }: DeleteQuery): Promise<Deletion> {
    return deletion(id, await this.records.deleteSweep(this.settings.actor, id, dryRun === 'true'));
  }

  /** Starts nothing new; runs that no other sweep needs stop after their next checkpoint. */
  @Post('sweeps/:id/pause')
  @Answer(200, SweepDto, 'The sweep as it is now')
  async pauseSweep(@Param() { id }: SweepParameters): Promise<Sweep> {
    return changed(id, await this.records.changeSweep(this.settings.actor, id, 'pause'));
  }

  /** Goes on with a paused sweep. */
  @Post('sweeps/:id/resume')
  @Answer(200, SweepDto, 'The sweep as it is now')
  async resumeSweep(@Param() { id }: SweepParameters): Promise<Sweep> {
    return changed(id, await this.records.changeSweep(this.settings.actor, id, 'resume'));
  }

  /** Ends a sweep; its jobs are stopped where no other sweep needs them. */
  @Post('sweeps/:id/cancel')
  @Answer(200, SweepDto, 'The sweep as it is now')
  async cancelSweep(@Param() { id }: SweepParameters): Promise<Sweep> {
    return changed(id, await this.records.changeSweep(this.settings.actor, id, 'cancel'));
  }

  /** Reopens what failed or was cancelled. */
  @Post('sweeps/:id/retry')
  @Answer(200, SweepDto, 'The sweep as it is now')
  async retrySweep(@Param() { id }: SweepParameters): Promise<Sweep> {
    return changed(id, await this.records.changeSweep(this.settings.actor, id, 'retry'));
  }

  /** Adds cells: the spec is the whole new one, and holds every cell of the old. */
  @Post('sweeps/:id/amend')
  @AcceptsSpec()
  @Answer(200, SweepDto, 'The sweep as it is now')
  async amendSweep(@Param() { id }: SweepParameters, @Body() body: unknown): Promise<Sweep> {
    const { spec, plan } = await this.planner.plan(specSource(body));
    return changed(id, await this.records.amendSweep(this.settings.actor, id, spec, plan));
  }
}

/** The sweep after a change, or the refusal. */
function changed(id: string, outcome: ChangeOutcome): Sweep {
  if (outcome.kind === 'not-found') return missing(id);
  if (outcome.kind === 'refused') throw refused('state-refused', outcome.reason);
  return outcome.sweep;
}

function deletion(id: string, outcome: DeleteOutcome): Deletion {
  if (outcome.kind === 'not-found') return missing(id);
  if (outcome.kind === 'refused') throw refused('state-refused', outcome.reason);
  return outcome;
}

function missing(id: string): never {
  throw notFound('sweep', id);
}
