import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { repositoryRoot } from './apps.ts';
import type { StackOptions } from './stack.ts';
import { readOtherStore, type StackPaths, type StackSecrets, type StoreAddress } from './stack-folder.ts';
import type { StackPorts } from './stack-ports.ts';

/** A running stack, as anybody with access to its folder sees it. */
export interface StackView {
  readonly folder: string;
  readonly ownerPid: number;
  /** Where the API and the web page answer. */
  readonly apiUrl: string;
  /** Bearer token for `/v1`. */
  readonly apiToken: string;
  readonly temporalUiUrl: string;
  /** One log file for each process. */
  readonly logsDirectory: string;
  /** What the apps run with; holds secrets. Integration tests and tools use it to speak with the servers. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The view of the stack whose folder has these ports and secrets. */
export function viewOf(
  folder: string,
  paths: StackPaths,
  ports: Partial<StackPorts>,
  ownerPid: number,
  secrets: StackSecrets,
  options: Partial<StackOptions>,
): StackView {
  const url = (name: keyof StackPorts) => `http://127.0.0.1:${ports[name]}`;
  const store = options.store ?? readOtherStore(paths) ?? ownStore(url('s3'), secrets);
  return {
    folder,
    ownerPid,
    apiUrl: url('api'),
    apiToken: secrets.apiToken,
    temporalUiUrl: url('temporalUi'),
    logsDirectory: paths.logs,
    environment: {
      TITRATE_POSTGRES_URL: `postgres://titrate:${secrets.postgresPassword}@127.0.0.1:${ports.postgres}/titrate`,
      AWS_ENDPOINT_URL: store.endpoint,
      AWS_ACCESS_KEY_ID: store.accessKeyId,
      AWS_SECRET_ACCESS_KEY: store.secretAccessKey,
      AWS_REGION: 'us-east-1',
      TITRATE_BUCKET: store.bucket,
      TITRATE_TEMPORAL_ADDRESS: `127.0.0.1:${ports.temporal}`,
      TITRATE_WORKER_METRICS_ADDRESS: `127.0.0.1:${ports.workerMetrics}`,
      TITRATE_TEMPORAL_METRICS_ADDRESS: `127.0.0.1:${ports.workerSdkMetrics}`,
      TITRATE_API_HOST: '127.0.0.1',
      TITRATE_API_PORT: String(ports.api),
      TITRATE_API_TOKEN: secrets.apiToken,
      TITRATE_JOBS_DIRECTORY: paths.jobs,
      TITRATE_JOB_SLOTS: String(options.jobSlots ?? Math.ceil(availableParallelism() * 1.5)),
      TITRATE_OWNER_PID: String(ownerPid),
      TITRATE_PYTHON: pythonOf(options),
      TITRATE_CACHE_DIRECTORY: paths.cache,
      ...elsewhere(options),
    },
  };
}

function ownStore(endpoint: string, secrets: StackSecrets): StoreAddress {
  return { endpoint, accessKeyId: secrets.storeAccessKeyId, secretAccessKey: secrets.storeSecretAccessKey, bucket: 'titrate' };
}

/** What API and worker need to run jobs somewhere else than on this machine. */
function elsewhere({ jobConfiguration, kubeconfig = process.env['KUBECONFIG'] }: Partial<StackOptions>): Record<string, string> {
  if (jobConfiguration === undefined) return {};
  return { TITRATE_JOB_CONFIGURATION: resolve(jobConfiguration), ...(kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig }) };
}

/** The Python whose environment holds trainer and servers. */
export function pythonOf(options: Partial<StackOptions>): string {
  return options.python ?? process.env['TITRATE_PYTHON'] ?? join(repositoryRoot, 'apps/trainer/.venv/bin/python');
}
