import { Controller, Get, Inject } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { storeQuestions, type ArtifactStore } from '@titrate/artifact-store';
import { askAll, type Checks } from '@titrate/contracts';
import type { JobLauncher } from '@titrate/job-launcher';
import { databaseQuestions, type Records } from '@titrate/records';
import { launcherQuestions } from '../adapters.ts';
import { reach } from '../health/reach.ts';
import { VERSION } from '../health/version.ts';
import { Answer } from '../http/answer.ts';
import { ARTIFACTS, LAUNCHER, RECORDS, SETTINGS, type ApiSettings } from '../ports.ts';
import { ChecksDto } from './check.contract.ts';
import { jobQuestions } from './job-questions.ts';
import { workerChecks } from './worker-checks.ts';

const PATIENCE_MS = 3_000;

/** What `titrate doctor` asks of the server. */
@ApiTags('health')
@ApiBearerAuth()
@Controller('v1/checks')
export class CheckController {
  constructor(
    @Inject(RECORDS) private readonly records: Records,
    @Inject(ARTIFACTS) private readonly artifacts: ArtifactStore,
    @Inject(LAUNCHER) private readonly launcher: JobLauncher,
    @Inject(SETTINGS) private readonly settings: ApiSettings,
  ) {}

  /** Checks everything that Titrate stands on, side by side and each for five seconds at most: database, object store, Temporal, workers, cluster rights, job configuration. */
  @Get()
  @Answer(200, ChecksDto, 'What was found, and how to mend what is not well')
  async listChecks(): Promise<Checks> {
    const [asked, workers] = await Promise.all([askAll(this.questions()), workerChecks(this.records, this.settings.jobs)]);
    return { version: VERSION, at: new Date().toISOString(), checks: [...asked, ...workers] };
  }

  private questions() {
    const { temporalAddress } = this.settings;
    return [
      ...databaseQuestions(this.records),
      ...storeQuestions(this.artifacts),
      {
        ...{ part: 'temporal', name: 'address' },
        mend: 'Look at TITRATE_TEMPORAL_ADDRESS and at the log of Temporal. Nothing new starts meanwhile; jobs at work go on.',
        ask: async () => (await reach(temporalAddress, PATIENCE_MS), `${temporalAddress} answers`),
      },
      ...jobQuestions(this.settings),
      ...launcherQuestions(this.launcher, 'read'),
    ];
  }
}
