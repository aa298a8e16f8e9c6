import { Readable } from 'node:stream';
import { Controller, Get, Header, Inject, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { ArtifactStore } from '@titrate/artifact-store';
import { Report, type CellStatus, type Evaluation, type Page, type Run, type StoredObject, type Sweep } from '@titrate/contracts';
import type { Records } from '@titrate/records';
import { Answer, AnswerText } from '../http/answer.ts';
import { Fault, notFound } from '../http/fault.ts';
import { PageQuery } from '../http/paging.contract.ts';
import { ARTIFACTS, RECORDS, SETTINGS, type ApiSettings } from '../ports.ts';
import { resultsCsv } from './results-csv.ts';
import { EvaluationPageDto } from '../run/run.contract.ts';
import { CellPageDto, ReportDto, RunPageDto, SweepParameters } from './sweep.contract.ts';

/** What came of a sweep. */
@ApiTags('sweeps')
@ApiBearerAuth()
@Controller('v1/sweeps/:id')
export class SweepResultController {
  constructor(
    @Inject(RECORDS) private readonly records: Records,
    @Inject(ARTIFACTS) private readonly artifacts: ArtifactStore,
    @Inject(SETTINGS) private readonly settings: ApiSettings,
  ) {}

  /** Lists the sweep's cells with the state of their runs. */
  @Get('cells')
  @Answer(200, CellPageDto, 'A page of cells')
  async listSweepCells(@Param() { id }: SweepParameters, @Query() query: PageQuery): Promise<Page<CellStatus>> {
    await this.sweep(id);
    return this.records.listCells(id, query);
  }

  /** Lists the runs that the sweep demands. */
  @Get('runs')
  @Answer(200, RunPageDto, 'A page of runs')
  async listSweepRuns(@Param() { id }: SweepParameters, @Query() query: PageQuery): Promise<Page<Run>> {
    await this.sweep(id);
    return this.records.listRuns(this.settings.actor.team, { ...query, sweep: id });
  }

  /** Lists the evaluations that the sweep demands. */
  @Get('evaluations')
  @Answer(200, EvaluationPageDto, 'A page of evaluations')
  async listSweepEvaluations(@Param() { id }: SweepParameters, @Query() query: PageQuery): Promise<Page<Evaluation>> {
    await this.sweep(id);
    return this.records.listEvaluations({ sweep: id }, query);
  }

  /** The analysis of a finished sweep, every number of the report page. */
  @Get('report')
  @Answer(200, ReportDto, 'The report')
  async getSweepReport(@Param() { id }: SweepParameters): Promise<Report> {
    const bytes = await this.reportObject(id, (await this.sweep(id)).report);
    return Report.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  }

  /** The report as one self-contained page. It may run its own drawing code, and speak to nobody. */
  @Get('report.html')
  @Header(
    'content-security-policy',
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; font-src data:; sandbox allow-scripts allow-downloads",
  )
  @AnswerText('text/html', 'The report page')
  async getSweepReportPage(@Param() { id }: SweepParameters): Promise<StreamableFile> {
    const bytes = await this.reportObject(id, (await this.sweep(id)).reportPage);
    return new StreamableFile(bytes, { type: 'text/html; charset=utf-8' });
  }

  /** One line per demanded evaluation, also while the sweep runs. */
  @Get('results.csv')
  @AnswerText('text/csv', 'The results so far')
  async getSweepResults(@Param() { id }: SweepParameters): Promise<StreamableFile> {
    await this.sweep(id);
    return new StreamableFile(Readable.from(resultsCsv(this.records, id)), { type: 'text/csv; charset=utf-8' });
  }

  private async sweep(id: string): Promise<Sweep> {
    const sweep = await this.records.getSweep(this.settings.actor.team, id);
    if (!sweep) throw notFound('sweep', id);
    return sweep;
  }

  /** The bytes of a report, checked by size and digest. */
  private async reportObject(id: string, object: StoredObject | null): Promise<Uint8Array> {
    if (!object) throw new Fault(404, 'no-report-yet', `Sweep ${id} has no report yet; it is written when the sweep is analysed`);
    const bytes = await this.artifacts.read(object);
    if (!bytes) throw new Fault(404, 'report-gone', `The report of sweep ${id} is no longer in the artifact store: ${object.key}`);
    return bytes;
  }
}
