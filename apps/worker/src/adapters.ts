import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { createStoreAccess } from '@titrate/artifact-store/access';
import { createS3ArtifactStore, type S3ArtifactStoreOptions } from '@titrate/artifact-store/s3';
import type { JobLauncher } from '@titrate/job-launcher';
import { createLocalJobLauncher } from '@titrate/job-launcher/local';
import type { JobConfiguration } from '@titrate/contracts';
import { readJobConfiguration } from '@titrate/planning';
import { createPostgresRecords } from '@titrate/records/postgres';

/** That the cluster cannot be used as it was configured, and what a diagnosis asks; from here, as the launcher for clusters is loaded only where it is needed. */
export { ClusterRefused, launcherQuestions } from '@titrate/job-launcher';

/** A variable of the environment is absent, or cannot be what it is. */
export class EnvironmentInvalid extends Error {
  readonly code = 'ENVIRONMENT_INVALID';
  override readonly name = 'EnvironmentInvalid';
}

/** A setting that the worker cannot do without. @throws EnvironmentInvalid */
export function required(environment: NodeJS.ProcessEnv, name: string): string {
  const value = environment[name];
  if (value === undefined || value === '') throw new EnvironmentInvalid(`Cannot start the worker as the environment must set ${name}`);
  return value;
}

/**
 * Picks the adapters from the environment: PostgreSQL, S3, and jobs as the operator's configuration says.
 *
 * @throws EnvironmentInvalid, JobConfigurationInvalid
 */
export async function pickAdapters(environment: NodeJS.ProcessEnv, onRequest?: S3ArtifactStoreOptions['onRequest']) {
  const jobs = readJobConfiguration(environment['TITRATE_JOB_CONFIGURATION'], (path) => readFileSync(path, 'utf8'));
  const store = {
    endpoint: required(environment, 'AWS_ENDPOINT_URL'),
    region: environment['AWS_REGION'] ?? 'us-east-1',
    accessKeyId: required(environment, 'AWS_ACCESS_KEY_ID'),
    secretAccessKey: required(environment, 'AWS_SECRET_ACCESS_KEY'),
    bucket: environment['TITRATE_BUCKET'] ?? 'titrate',
  };
  return {
    records: createPostgresRecords(required(environment, 'TITRATE_POSTGRES_URL')),
    store: createS3ArtifactStore({ ...store, ...(onRequest && { onRequest }) }),
    jobs,
    ...(await pickLauncher(jobs, store, environment)),
  };
}

async function pickLauncher(
  { launcher }: JobConfiguration,
  store: Parameters<typeof createStoreAccess>[1],
  environment: NodeJS.ProcessEnv,
): Promise<{ launcher: JobLauncher; endLostAccess?: () => Promise<unknown> }> {
  if (launcher.kind === 'kubernetes') {
    // The client of Kubernetes is large: where jobs run as local processes it is not loaded.
    const { createKubernetesJobLauncher } = await import('@titrate/job-launcher/kubernetes');
    const storeEnvironment = { AWS_ENDPOINT_URL: launcher.storeEndpoint ?? store.endpoint, AWS_REGION: store.region };
    const access = createStoreAccess(launcher, store);
    const cluster = createKubernetesJobLauncher({ launcher, storeEnvironment, access, bucket: store.bucket });
    const endLostAccess = () => access.sweep(async () => (await cluster.list()).map(({ name }) => name));
    return { launcher: cluster, endLostAccess };
  }
  const trainerHome = fileURLToPath(new URL('../../trainer', import.meta.url));
  const launcherHere = createLocalJobLauncher({
    directory: required(environment, 'TITRATE_JOBS_DIRECTORY'),
    python: environment['TITRATE_PYTHON'] ?? `${trainerHome}/.venv/bin/python`,
    trainerHome,
    slots: Number(environment['TITRATE_JOB_SLOTS'] ?? availableParallelism()),
    ownerPid: Number(environment['TITRATE_OWNER_PID'] ?? process.pid),
    environment: jobEnvironment(environment),
  });
  return { launcher: launcherHere };
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
