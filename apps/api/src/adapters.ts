import { fileURLToPath } from 'node:url';
import { createStoreAccess } from '@titrate/artifact-store/access';
import { createS3ArtifactStore } from '@titrate/artifact-store/s3';
import type { KubernetesLauncher } from '@titrate/contracts';
import type { JobLauncher } from '@titrate/job-launcher';
import { createLocalJobLauncher } from '@titrate/job-launcher/local';
import { createPostgresRecords } from '@titrate/records/postgres';
import type { Configuration } from './configuration.ts';
import { ApiMetrics } from './health/metrics.ts';
import type { ApiParts } from './ports.ts';
import { createClusterReader, type ClusterReader } from './sweep/cluster-reader.ts';
import { SpecPlanner } from './sweep/spec-planner.ts';

/** That the cluster cannot be used as it was configured, and what a diagnosis asks; from here, as the launcher for clusters is loaded only where it is needed. */
export { ClusterRefused, launcherQuestions } from '@titrate/job-launcher';

const trainerHome = fileURLToPath(new URL('../../trainer', import.meta.url));

/** The one place that says what stands behind the ports. Nothing is connected yet. */
export async function createParts(configuration: Configuration): Promise<ApiParts> {
  const records = createPostgresRecords(configuration.postgresUrl);
  const { launcher } = configuration.jobs;
  const cluster = launcher.kind === 'kubernetes' ? createClusterReader(await clusterOf(launcher)) : null;
  const metrics = new ApiMetrics();
  const artifacts = createS3ArtifactStore({ ...configuration.store, onRequest: metrics.onStoreRequest });
  return {
    records,
    artifacts,
    launcher: await pickLauncher(configuration),
    planner: new SpecPlanner(records, configuration, configuration.jobs, cluster, artifacts),
    settings: configuration,
    metrics,
  };
}

/** The API reads logs and starts nothing: whoever starts jobs says how many and with what. */
async function pickLauncher({ jobs: { launcher }, store, jobsDirectory, python }: Configuration): Promise<JobLauncher> {
  if (launcher.kind === 'kubernetes') {
    const { createKubernetesJobLauncher } = await kubernetes();
    const storeEnvironment = { AWS_ENDPOINT_URL: launcher.storeEndpoint ?? store.endpoint, AWS_REGION: store.region };
    return createKubernetesJobLauncher({ launcher, storeEnvironment, access: createStoreAccess(launcher, store) });
  }
  return createLocalJobLauncher({
    directory: jobsDirectory,
    python: python ?? `${trainerHome}/.venv/bin/python`,
    trainerHome,
    slots: 1,
    ownerPid: null,
    environment: {},
  });
}

async function clusterOf({ context }: KubernetesLauncher): Promise<ClusterReader> {
  const { readCluster } = await kubernetes();
  return () => readCluster({ context });
}

/** The client of Kubernetes is large: where jobs run as local processes it is not loaded. */
const kubernetes = () => import('@titrate/job-launcher/kubernetes');
