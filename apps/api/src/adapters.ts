import { fileURLToPath } from 'node:url';
import { createS3ArtifactStore } from '@titrate/artifact-store/s3';
import { createLocalJobLauncher } from '@titrate/job-launcher/local';
import { createPostgresRecords } from '@titrate/records/postgres';
import type { Configuration } from './configuration.ts';
import type { ApiParts } from './ports.ts';
import { SpecPlanner } from './sweep/spec-planner.ts';

const trainerHome = fileURLToPath(new URL('../../trainer', import.meta.url));

/** The one place that says what stands behind the ports. Nothing is connected yet. */
export async function createParts(configuration: Configuration): Promise<ApiParts> {
  const records = await createPostgresRecords(configuration.postgresUrl);
  return {
    records,
    artifacts: createS3ArtifactStore(configuration.store),
    launcher: await createLocalJobLauncher({
      directory: configuration.jobsDirectory,
      python: configuration.python ?? `${trainerHome}/.venv/bin/python`,
      trainerHome,
      // The API reads logs and starts nothing: whoever starts jobs says how many and with what.
      slots: 1,
      ownerPid: null,
      environment: {},
    }),
    planner: new SpecPlanner(records, configuration),
    settings: configuration,
  };
}
