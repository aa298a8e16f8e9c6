import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { Baseline, Page } from '@titrate/contracts';
import type { Records } from '@titrate/records';
import { Answer } from '../http/answer.ts';
import { notFound, refused } from '../http/fault.ts';
import { RECORDS, SETTINGS, type ApiSettings } from '../ports.ts';
import {
  BaselineDto,
  BaselinePageDto,
  BaselineParameters,
  BaselinePromotionBody,
  BaselineQuery,
  BaselineRetirementBody,
  BaselineVersionParameters,
} from './baseline.contract.ts';

/** Baselines: accepted results under a name, in versions that never change, which new results are held against. */
@ApiTags('baselines')
@ApiBearerAuth()
@Controller('v1/baselines')
export class BaselineController {
  constructor(
    @Inject(RECORDS) private readonly records: Records,
    @Inject(SETTINGS) private readonly settings: ApiSettings,
  ) {}

  /** Makes the results of a finished sweep the next version of a baseline. Asking twice gives the same version. */
  @Post()
  @Answer(200, BaselineDto, 'The version')
  async promoteBaseline(@Body() promotion: BaselinePromotionBody): Promise<Baseline> {
    const outcome = await this.records.promoteBaseline(this.settings.actor, promotion);
    if (outcome.kind === 'not-found') throw notFound('sweep', promotion.sweep);
    if (outcome.kind === 'refused') throw refused('not-finished', outcome.reason);
    return outcome.baseline;
  }

  /** Lists the team's baselines, the newest first. */
  @Get()
  @Answer(200, BaselinePageDto, 'A page of baselines')
  listBaselines(@Query() query: BaselineQuery): Promise<Page<Baseline>> {
    return this.records.listBaselines(this.settings.actor.team, query);
  }

  /** The newest version that is not retired. */
  @Get(':name')
  @Answer(200, BaselineDto, 'The version')
  async getBaseline(@Param() { name }: BaselineParameters): Promise<Baseline> {
    const baseline = await this.records.getBaseline(this.settings.actor.team, name, null);
    if (!baseline) throw notFound('baseline in use', name);
    return baseline;
  }

  /** A version, retired or not. */
  @Get(':name/versions/:version')
  @Answer(200, BaselineDto, 'The version')
  async getBaselineVersion(@Param() { name, version }: BaselineVersionParameters): Promise<Baseline> {
    const baseline = await this.records.getBaseline(this.settings.actor.team, name, version);
    if (!baseline) throw notFound('baseline', `${name} version ${version}`);
    return baseline;
  }

  /** Ends the use of a version, for a reason. It stays as it was; its sweep may be deleted from then on. */
  @Post(':name/versions/:version/retire')
  @Answer(200, BaselineDto, 'The version')
  async retireBaseline(@Param() { name, version }: BaselineVersionParameters, @Body() { why }: BaselineRetirementBody): Promise<Baseline> {
    const outcome = await this.records.retireBaseline(this.settings.actor, name, version, why);
    if (outcome.kind === 'not-found') throw notFound('baseline', `${name} version ${version}`);
    return outcome.baseline;
  }
}
