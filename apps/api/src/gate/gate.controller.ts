import { Body, Controller, Get, Inject, Param, Post, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { ArtifactStore } from '@titrate/artifact-store';
import { GateReport, type AppliedGate, type Baseline, type Gate, type Page } from '@titrate/contracts';
import { gateProblems, type GateSide } from '@titrate/planning';
import type { Records } from '@titrate/records';
import type { FastifyReply } from 'fastify';
import { Answer, AnswerText } from '../http/answer.ts';
import { Fault, notFound, quoted, refused } from '../http/fault.ts';
import { ARTIFACTS, RECORDS, SETTINGS, type ApiSettings } from '../ports.ts';
import { SweepParameters } from '../sweep/sweep.contract.ts';
import { AppliedGateDto, GatePageDto, GateParameters, GateQuery, GateReportDto, GateRequestBody } from './gate.contract.ts';
import { gateJunit } from './gate-junit.ts';
import { allCells } from './all-cells.ts';

/** Gates: the results of a sweep, held against a baseline, with a verdict. */
@ApiTags('gates')
@ApiBearerAuth()
@Controller('v1')
export class GateController {
  constructor(
    @Inject(RECORDS) private readonly records: Records,
    @Inject(ARTIFACTS) private readonly artifacts: ArtifactStore,
    @Inject(SETTINGS) private readonly settings: ApiSettings,
  ) {}

  /** Holds the results of a finished sweep against a baseline; a job makes the verdict. Asking twice about the same results gives the same gate. */
  @Post('sweeps/:id/gates')
  @Answer([201, 200], AppliedGateDto, 'The gate: 201 when it begins, 200 when it was there already; poll it until it has a verdict')
  async requestGate(
    @Param() { id }: SweepParameters,
    @Body() { baseline, version, gate }: GateRequestBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AppliedGate> {
    const { actor } = this.settings;
    await this.mustBeMeasured(id, await this.records.getBaseline(actor.team, baseline, version ?? null), gate);
    const outcome = await this.records.requestGate(actor, { sweep: id, baseline, version: version ?? null, gate, firing: null });
    if (outcome.kind === 'not-found') throw notFound('sweep', id);
    if (outcome.kind === 'refused')
      throw outcome.code === 'baseline-unknown' ? new Fault(404, 'not-found', outcome.reason) : refused(outcome.code, outcome.reason);
    void reply.status(outcome.kind === 'created' ? 201 : 200).header('location', `/v1/gates/${outcome.gate.id}`);
    return outcome.gate;
  }

  /** Lists the team's gates, the newest first. */
  @Get('gates')
  @Answer(200, GatePageDto, 'A page of gates')
  listGates(@Query() query: GateQuery): Promise<Page<AppliedGate>> {
    return this.records.listGates(this.settings.actor.team, query);
  }

  @Get('gates/:id')
  @Answer(200, AppliedGateDto, 'The gate')
  async getGate(@Param() { id }: GateParameters): Promise<AppliedGate> {
    const gate = await this.records.getGate(this.settings.actor.team, id);
    if (!gate) throw notFound('gate', id);
    return gate;
  }

  /** What the gate found: each comparison with its numbers, its words and the results that it rests on. */
  @Get('gates/:id/report')
  @Answer(200, GateReportDto, 'The report')
  async getGateReport(@Param() { id }: GateParameters): Promise<GateReport> {
    const { report } = await this.getGate({ id });
    if (!report) throw new Fault(404, 'no-verdict-yet', `Gate ${id} has no report yet; it is written with its verdict`);
    const bytes = await this.artifacts.read(report);
    if (!bytes) throw new Fault(404, 'report-gone', `The report of gate ${id} is no longer in the artifact store: ${report.key}`);
    return GateReport.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  }

  /** The verdict as JUnit XML, for systems that show tests: each comparison is a test case. */
  @Get('gates/:id/junit')
  @AnswerText('application/xml', 'The verdict as JUnit XML')
  async getGateJunit(@Param() { id }: GateParameters): Promise<StreamableFile> {
    const applied = await this.getGate({ id });
    const report = applied.state === 'error' ? null : await this.getGateReport({ id });
    return new StreamableFile(Buffer.from(gateJunit(applied, report)), { type: 'application/xml; charset=utf-8' });
  }

  /** Refuses a gate on what a side did not measure. What is no finished sweep, or no baseline in use, the records refuse. */
  private async mustBeMeasured(sweep: string, baseline: Baseline | null, gate: Gate): Promise<void> {
    const found = await this.records.getSweep(this.settings.actor.team, sweep);
    if (found?.state !== 'finished' || baseline === null || baseline.retired !== null || baseline.sweep === sweep) return;
    const sides = [
      await this.side('the sweep', sweep),
      await this.side(`baseline ${baseline.name} version ${baseline.version}`, baseline.sweep),
    ];
    const problems = gateProblems(gate, sides);
    const [first] = problems;
    if (first === undefined) return;
    const sentence = `Cannot hold the gate as ${first.field} ${first.rule}: current value is ${quoted(first.value)}`;
    throw new Fault(400, 'not-measured', sentence, problems);
  }

  private async side(called: string, sweep: string): Promise<GateSide> {
    return { called, cells: await allCells(this.records, sweep), usage: await this.records.listUsage(sweep) };
  }
}
