import { Body, Controller, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { Evaluation } from '@titrate/contracts';
import type { Records } from '@titrate/records';
import type { FastifyReply } from 'fastify';
import { Answer } from '../http/answer.ts';
import { notFound, refused } from '../http/fault.ts';
import { RECORDS, SETTINGS, type ApiSettings } from '../ports.ts';
import { CheckpointParameters, EvaluateBody, EvaluationDto, Pin } from './run.contract.ts';

/** What a person may ask of one committed checkpoint. */
@ApiTags('runs')
@ApiBearerAuth()
@Controller('v1/runs/:id/checkpoints/:digest')
export class CheckpointController {
  constructor(
    @Inject(RECORDS) private readonly records: Records,
    @Inject(SETTINGS) private readonly settings: ApiSettings,
  ) {}

  /** Keeps the checkpoint whatever retention says. */
  @Post('pin')
  @Answer(200, Pin, 'The checkpoint is pinned')
  pinCheckpoint(@Param() parameters: CheckpointParameters): Promise<Pin> {
    return this.setPin(parameters, true);
  }

  /** Leaves the checkpoint to retention again. */
  @Post('unpin')
  @Answer(200, Pin, 'The checkpoint is not pinned')
  unpinCheckpoint(@Param() parameters: CheckpointParameters): Promise<Pin> {
    return this.setPin(parameters, false);
  }

  /** Demands an evaluation of the checkpoint; asking twice gives the same one. */
  @Post('evaluations')
  @Answer([201, 200], EvaluationDto, 'The evaluation: 201 when it is new, 200 when it was demanded before')
  async evaluateCheckpoint(
    @Param() { id, digest }: CheckpointParameters,
    @Body() { settings }: EvaluateBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Evaluation> {
    const outcome = await this.records.demandEvaluation(this.settings.actor, id, digest, settings);
    if (!('evaluation' in outcome)) throw outcome.kind === 'not-found' ? notFound('checkpoint', `${digest} of run ${id}`) : gone(digest);
    void reply.status(outcome.kind === 'demanded' ? 201 : 200);
    return outcome.evaluation;
  }

  private async setPin({ id, digest }: CheckpointParameters, pinned: boolean): Promise<Pin> {
    const outcome = await this.records.pinCheckpoint(this.settings.actor, id, digest, pinned);
    if (outcome === 'not-found') throw notFound('checkpoint', `${digest} of run ${id}`);
    if (outcome === 'deleted') throw gone(digest);
    return { run: id, digest, pinned };
  }
}

const gone = (digest: string) => refused('checkpoint-deleted', `Checkpoint ${digest} was deleted by retention`);
