import { Controller, Get, Inject, Param } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { ArtifactStore } from '@titrate/artifact-store';
import { EvaluationResult, type Evaluation } from '@titrate/contracts';
import type { Records } from '@titrate/records';
import { Answer } from '../http/answer.ts';
import { Fault, notFound } from '../http/fault.ts';
import { eachItem } from '../http/paging.ts';
import { ARTIFACTS, RECORDS } from '../ports.ts';
import { EvaluationResultDto, EvaluationResultParameters, RunMetrics, RunParameters } from './run.contract.ts';
import { stepMetrics } from './step-metrics.ts';

/** What a run left in the store, for those who look at it. */
@ApiTags('runs')
@ApiBearerAuth()
@Controller('v1/runs/:id')
export class RunResultController {
  constructor(
    @Inject(RECORDS) private readonly records: Records,
    @Inject(ARTIFACTS) private readonly artifacts: ArtifactStore,
  ) {}

  /** Loss, speed and gradient norm over the steps: some hundred points of each start, means where there are more steps. */
  @Get('metrics')
  @Answer(200, RunMetrics, 'The curves')
  async getRunMetrics(@Param() { id }: RunParameters): Promise<RunMetrics> {
    if (!(await this.records.getRun(id))) throw notFound('run', id);
    return { points: await stepMetrics(this.artifacts, id) };
  }

  /** The stored result of one checkpoint under one set of settings, with its samples; checked by size and digest. */
  @Get('checkpoints/:digest/evaluations/:settings')
  @Answer(200, EvaluationResultDto, 'The result')
  async getEvaluationResult(@Param() { id, digest, settings }: EvaluationResultParameters): Promise<EvaluationResult> {
    const evaluation = await this.evaluation(id, digest, settings);
    if (evaluation === null) throw notFound('evaluation', `${settings} of checkpoint ${digest}`);
    const bytes = evaluation.object && (await this.artifacts.read(evaluation.object));
    if (!bytes) throw new Fault(404, 'no-result', `The evaluation of step ${evaluation.step} has no result: it is ${evaluation.state}`);
    return EvaluationResult.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  }

  private async evaluation(run: string, checkpoint: string, settings: string): Promise<Evaluation | null> {
    for await (const each of eachItem((query) => this.records.listEvaluations({ run }, query))) {
      if (each.checkpoint === checkpoint && each.settingsDigest === settings) return each;
    }
    return null;
  }
}
