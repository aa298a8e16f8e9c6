import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { ArtifactStore } from '@titrate/artifact-store';
import type { Base, Page } from '@titrate/contracts';
import type { Records } from '@titrate/records';
import { mustBeReadable } from '../corpus/sources.ts';
import { Answer } from '../http/answer.ts';
import { invalid, notFound, refused } from '../http/fault.ts';
import { PageQuery } from '../http/paging.contract.ts';
import { ARTIFACTS, RECORDS, SETTINGS, type ApiSettings } from '../ports.ts';
import { BaseDto, BasePageDto, BaseParameters, RegisterBaseBody } from './base.contract.ts';

/** Base checkpoints: models that were trained elsewhere, from which stages of sweeps go on. */
@ApiTags('corpora and sizes')
@ApiBearerAuth()
@Controller('v1/bases')
export class BaseController {
  constructor(
    @Inject(RECORDS) private readonly records: Records,
    @Inject(ARTIFACTS) private readonly artifacts: ArtifactStore,
    @Inject(SETTINGS) private readonly settings: ApiSettings,
  ) {}

  /** Registers a base checkpoint from uploads, or from objects that lie in S3 already; a job checks it. Asking twice gives the same base. */
  @Post()
  @Answer(202, BaseDto, 'The base; poll it until it is ready or failed')
  async registerBase(@Body() { recipe, source }: RegisterBaseBody): Promise<Base> {
    const { actor } = this.settings;
    const corpus = await this.records.getCorpus(actor.team, recipe.corpus);
    if (corpus?.state !== 'ready') throw invalid('recipe.corpus', 'must be the digest of a corpus that is ready', recipe.corpus);
    await mustBeReadable(this.artifacts, source);
    const outcome = await this.records.submitBase(actor, recipe, source);
    if (outcome.kind === 'name-taken') throw refused('name-taken', `The name ${recipe.name} belongs to a base of another recipe or source`);
    return outcome.base;
  }

  /** Lists the team's base checkpoints. */
  @Get()
  @Answer(200, BasePageDto, 'A page of bases')
  listBases(@Query() query: PageQuery): Promise<Page<Base>> {
    return this.records.listBases(this.settings.actor.team, query);
  }

  @Get(':nameOrDigest')
  @Answer(200, BaseDto, 'The base')
  async getBase(@Param() { nameOrDigest }: BaseParameters): Promise<Base> {
    const base = await this.records.getBase(this.settings.actor.team, nameOrDigest);
    if (!base) throw notFound('base', nameOrDigest);
    return base;
  }
}
