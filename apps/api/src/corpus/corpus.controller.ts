import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { ArtifactStore } from '@titrate/artifact-store';
import { CorpusProgress, corpusWorkDigest, keys, type Corpus, type CorpusRecipe, type Page, type StoredObject } from '@titrate/contracts';
import type { Records } from '@titrate/records';
import { Answer } from '../http/answer.ts';
import { invalid, notFound, refused } from '../http/fault.ts';
import { PageQuery } from '../http/paging.contract.ts';
import { ARTIFACTS, PLANNER, RECORDS, SETTINGS, type ApiSettings, type Planner } from '../ports.ts';
import { mustBeReadable, mustExist } from './sources.ts';
import { CorpusDto, CorpusPageDto, CorpusParameters, RegisterBody, SizeList } from './corpus.contract.ts';

/** What sweeps are made from: corpora, which are registered, and sizes, which are known. */
@ApiTags('corpora and sizes')
@ApiBearerAuth()
@Controller('v1')
export class CorpusController {
  constructor(
    @Inject(RECORDS) private readonly records: Records,
    @Inject(ARTIFACTS) private readonly artifacts: ArtifactStore,
    @Inject(PLANNER) private readonly planner: Planner,
    @Inject(SETTINGS) private readonly settings: ApiSettings,
  ) {}

  /** Registers a corpus from uploads, or from objects that lie in S3 already; a job tokenises it. Asking twice gives the same corpus. */
  @Post('corpora')
  @Answer(202, CorpusDto, 'The corpus; poll it until it is ready or failed')
  async registerCorpus(@Body() { recipe, source, tokenizer }: RegisterBody): Promise<Corpus> {
    demandTokenizer(recipe, tokenizer);
    await mustBeReadable(this.artifacts, source);
    if (tokenizer) await mustExist(this.artifacts, 'tokenizer', tokenizer);
    const outcome = await this.records.submitCorpus(this.settings.actor, recipe, source, tokenizer ?? null);
    if (outcome.kind === 'name-taken') throw refused('name-taken', `The name ${recipe.name} belongs to a corpus of another recipe or text`);
    return outcome.corpus;
  }

  /** Lists the team's corpora. */
  @Get('corpora')
  @Answer(200, CorpusPageDto, 'A page of corpora')
  listCorpora(@Query() query: PageQuery): Promise<Page<Corpus>> {
    return this.records.listCorpora(this.settings.actor.team, query);
  }

  @Get('corpora/:nameOrDigest')
  @Answer(200, CorpusDto, 'The corpus')
  async getCorpus(@Param() { nameOrDigest }: CorpusParameters): Promise<Corpus> {
    const corpus = await this.records.getCorpus(this.settings.actor.team, nameOrDigest);
    if (!corpus) throw notFound('corpus', nameOrDigest);
    return corpus.state === 'registering' ? { ...corpus, progress: await this.progressOf(corpus) } : corpus;
  }

  /** Lists the model sizes that a spec may name. */
  @Get('sizes')
  @Answer(200, SizeList, 'The sizes')
  listSizes(): SizeList {
    return { items: [...this.planner.sizes()] };
  }

  /** How far the registration is; null before its job has started. */
  private async progressOf({ team, name }: Corpus): Promise<CorpusProgress | null> {
    const work = await this.records.corpusWork(team, name);
    const bytes = work && (await this.artifacts.read(keys.corpusProgress(corpusWorkDigest(work))));
    return bytes ? CorpusProgress.parse(JSON.parse(new TextDecoder().decode(bytes))) : null;
  }
}

/** A recipe names its tokenizer by digest; the upload beside it says where it lies. */
function demandTokenizer({ tokenizer }: CorpusRecipe, upload: StoredObject | undefined): void {
  const named = tokenizer.kind === 'file' ? tokenizer.sha256 : undefined;
  if (named !== upload?.sha256)
    throw invalid('tokenizer', 'must be the upload that recipe.tokenizer names with kind "file"', upload ?? null);
}
