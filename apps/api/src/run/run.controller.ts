import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { ArtifactStore } from '@titrate/artifact-store';
import type { Attempt, Checkpoint, Evaluation, Page, Run } from '@titrate/contracts';
import type { JobLauncher } from '@titrate/job-launcher';
import type { Records } from '@titrate/records';
import { Answer } from '../http/answer.ts';
import { Fault, notFound } from '../http/fault.ts';
import { PageQuery } from '../http/paging.contract.ts';
import { eachItem } from '../http/paging.ts';
import { ARTIFACTS, LAUNCHER, RECORDS } from '../ports.ts';
import { readJobLog, type JobLogs } from './job-logs.ts';
import {
  AttemptPageDto,
  CheckpointPageDto,
  EvaluationLogPiece,
  EvaluationLogQuery,
  EvaluationPageDto,
  LogPiece,
  LogQuery,
  RunDto,
  RunParameters,
} from './run.contract.ts';

/** Runs: what determines them, how far they are, and everything that they left. */
@ApiTags('runs')
@ApiBearerAuth()
@Controller('v1/runs/:id')
export class RunController {
  constructor(
    @Inject(RECORDS) private readonly records: Records,
    @Inject(LAUNCHER) private readonly launcher: JobLauncher,
    @Inject(ARTIFACTS) private readonly artifacts: ArtifactStore,
  ) {}

  @Get()
  @Answer(200, RunDto, 'The run')
  getRun(@Param() { id }: RunParameters): Promise<Run> {
    return this.run(id);
  }

  /** Lists the starts of the run's job. */
  @Get('attempts')
  @Answer(200, AttemptPageDto, 'A page of attempts')
  async listRunAttempts(@Param() { id }: RunParameters, @Query() query: PageQuery): Promise<Page<Attempt>> {
    await this.run(id);
    return this.records.listAttempts(id, query);
  }

  /** Lists the committed checkpoints, tombstones included. */
  @Get('checkpoints')
  @Answer(200, CheckpointPageDto, 'A page of checkpoints')
  async listRunCheckpoints(@Param() { id }: RunParameters, @Query() query: PageQuery): Promise<Page<Checkpoint>> {
    await this.run(id);
    return this.records.listCheckpoints(id, query);
  }

  /** Lists the evaluations that anybody demanded of the run. */
  @Get('evaluations')
  @Answer(200, EvaluationPageDto, 'A page of evaluations')
  async listRunEvaluations(@Param() { id }: RunParameters, @Query() query: PageQuery): Promise<Page<Evaluation>> {
    await this.run(id);
    return this.records.listEvaluations({ run: id }, query);
  }

  /** Reads the log of an attempt's job from an offset on; call again with `next` to follow it. */
  @Get('logs')
  @Answer(200, LogPiece, 'A piece of the log; empty text when there is nothing new')
  async readRunLog(@Param() { id }: RunParameters, @Query() { attempt, offset }: LogQuery): Promise<LogPiece> {
    await this.run(id);
    const chosen = await this.attempt(id, attempt);
    if (!chosen)
      throw attempt ? notFound('attempt', String(attempt)) : new Fault(404, 'no-attempt-yet', `Run ${id} has not been started yet`);
    // An attempt stands in the run's log for a moment before its job has a name.
    if (chosen.job === '') return { attempt: chosen.number, text: '', next: offset };
    return { attempt: chosen.number, ...(await readJobLog(this.logs(), chosen.job, offset, chosen.endedAt !== null)) };
  }

  /** Reads the log of a job that evaluates checkpoints of the run, from an offset on; call again with `next` to follow it. */
  @Get('evaluations/logs')
  @Answer(200, EvaluationLogPiece, 'A piece of the log; empty text when there is nothing new')
  async readRunEvaluationLog(@Param() { id }: RunParameters, @Query() { job, offset }: EvaluationLogQuery): Promise<EvaluationLogPiece> {
    await this.run(id);
    const { items } = await this.records.listEvaluations({ run: id, job }, { limit: 100 });
    if (items.length === 0) throw notFound('job of evaluations', job);
    const hasEnded = items.every(({ state }) => state !== 'running');
    return { job, ...(await readJobLog(this.logs(), job, offset, hasEnded)) };
  }

  private logs(): JobLogs {
    return { launcher: this.launcher, artifacts: this.artifacts };
  }

  private async run(id: string): Promise<Run> {
    const run = await this.records.getRun(id);
    if (!run) throw notFound('run', id);
    return run;
  }

  /** The attempt of that number, or the newest. */
  private async attempt(run: string, number: number | undefined): Promise<Attempt | null> {
    let newest: Attempt | null = null;
    for await (const each of eachItem((query) => this.records.listAttempts(run, query))) {
      if (each.number === number) return each;
      if (!newest || each.number > newest.number) newest = each;
    }
    return number === undefined ? newest : null;
  }
}
