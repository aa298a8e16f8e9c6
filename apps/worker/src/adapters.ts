import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { createS3ArtifactStore } from '@titrate/artifact-store/s3';
import { createLocalJobLauncher } from '@titrate/job-launcher/local';
import { createPostgresRecords } from '@titrate/records/postgres';

/** A setting that the worker cannot do without. */
function required(environment: NodeJS.ProcessEnv, name: string): string {
  const value = environment[name];
  if (value === undefined || value === '') throw new Error(`Cannot start the worker as the environment must set ${name}`);
  return value;
}

/** Picks the adapters from the environment: PostgreSQL, S3, and jobs as local processes. */
export function pickAdapters(environment: NodeJS.ProcessEnv) {
  const trainerHome = fileURLToPath(new URL('../../trainer', import.meta.url));
  return {
    records: createPostgresRecords(required(environment, 'TITRATE_POSTGRES_URL')),
    store: createS3ArtifactStore({
      endpoint: required(environment, 'AWS_ENDPOINT_URL'),
      region: environment['AWS_REGION'] ?? 'us-east-1',
      accessKeyId: required(environment, 'AWS_ACCESS_KEY_ID'),
      secretAccessKey: required(environment, 'AWS_SECRET_ACCESS_KEY'),
      bucket: environment['TITRATE_BUCKET'] ?? 'titrate',
    }),
    launcher: createLocalJobLauncher({
      directory: required(environment, 'TITRATE_JOBS_DIRECTORY'),
      python: environment['TITRATE_PYTHON'] ?? `${trainerHome}/.venv/bin/python`,
      trainerHome,
      slots: Number(environment['TITRATE_JOB_SLOTS'] ?? availableParallelism()),
      ownerPid: Number(environment['TITRATE_OWNER_PID'] ?? process.pid),
      environment: jobEnvironment(environment),
    }),
    temporalAddress: required(environment, 'TITRATE_TEMPORAL_ADDRESS'),
  };
}

/** What jobs inherit: the way to the store, the corpus cache, and what a process needs to run. Nothing of the control plane. */
function jobEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  const names = [
    'AWS_ENDPOINT_URL',
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_REGION',
    'TITRATE_CACHE_DIRECTORY',
    'PATH',
    'HOME',
    'LANG',
    'TMPDIR',
    'TZ',
  ];
  const inherited = names.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]] as const]));
  // Models and tokenizers come from the store; a job that looks for a model hub is a mistake.
  return { ...Object.fromEntries(inherited), HF_HUB_OFFLINE: '1' };
}
