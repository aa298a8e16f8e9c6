import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { ArtifactStore } from '@titrate/artifact-store';
import type { Corpus, CorpusRecipe, Page, StoredObject } from '@titrate/contracts';
import type { Records } from '@titrate/records';
import { Answer } from '../http/answer.ts';
import { invalid, notFound, refused } from '../http/fault.ts';
import { PageQuery } from '../http/paging.contract.ts';
import { ARTIFACTS, PLANNER, RECORDS, SETTINGS, type ApiSettings, type Planner } from '../ports.ts';
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

  /** Registers a corpus from an uploaded text; a job tokenises it. Asking twice gives the same corpus. */
  @Post('corpora')
  @Answer(202, CorpusDto, 'The corpus; poll it until it is ready or failed')
  async registerCorpus(@Body() { recipe, source, tokenizer }: RegisterBody): Promise<Corpus> {
    const brought = tokenizerOf(recipe, tokenizer);
    await this.mustExist('source', source);
    if (brought) await this.mustExist('tokenizer', brought);
    const outcome = await this.records.submitCorpus(this.settings.actor, recipe, source, brought);
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
    return corpus;
  }

  /** Lists the model sizes that a spec may name. */
  @Get('sizes')
  @Answer(200, SizeList, 'The sizes')
  listSizes(): SizeList {
    return { items: [...this.planner.sizes()] };
  }

  /** An object that was uploaded: its key, and its size, which the store knows. The digest is checked by the job that reads it. */
  private async mustExist(field: string, object: StoredObject): Promise<void> {
    if (!/^uploads\/[0-9a-f-]{36}$/.test(object.key)) throw invalid(`${field}.key`, 'must be the key of an upload', object.key);
    for await (const { key, sizeBytes } of this.artifacts.list(object.key)) {
      if (key !== object.key) continue;
      if (sizeBytes !== object.sizeBytes)
        throw invalid(`${field}.sizeBytes`, `must be the size of the uploaded object, ${sizeBytes}`, object.sizeBytes);
      return;
    }
    throw invalid(`${field}.key`, 'must be the key of an uploaded object; there is none', object.key);
  }
}

/** The tokenizer that the recipe names; a second mention must agree with it. */
function tokenizerOf(recipe: CorpusRecipe, mentioned: StoredObject | undefined): StoredObject | null {
  const named = recipe.tokenizer.kind === 'file' ? recipe.tokenizer.tokenizer : null;
  if (mentioned && (mentioned.key !== named?.key || mentioned.sha256 !== named.sha256)) {
    throw invalid('tokenizer', 'must be the object that recipe.tokenizer names with kind "file"', mentioned);
  }
  return named;
}
