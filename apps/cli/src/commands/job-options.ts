import { resolve } from 'node:path';
import type { JobConfiguration } from '@titrate/contracts';
import type { StackOptions } from '@titrate/embedded-stack';
import { JobConfigurationInvalid, readJobConfiguration } from '@titrate/planning';
import type { Command } from 'commander';
import { checkCluster } from '../adapters.ts';
import { BadUsage, Failed } from '../exit-codes.ts';
import { readText } from '../files.ts';

/** Where a stack that starts shall run its jobs, as a person says it. */
export interface JobOptions {
  readonly jobs?: string;
  readonly kubeconfig?: string;
  readonly store?: string;
  readonly bucket?: string;
}

/** What a stack is told of it. */
export type StackJobs = Pick<StackOptions, 'jobConfiguration' | 'kubeconfig' | 'store'>;

/** Adds the options to a command that starts a stack. */
export function addJobOptions(command: Command): Command {
  return command
    .option('--jobs <file>', 'a job configuration: jobs run where it says, such as in a cluster')
    .option('--kubeconfig <file>', 'how to reach the cluster of the jobs; KUBECONFIG or ~/.kube/config by default')
    .option('--store <url>', 'an S3 store that is there already, with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of the environment')
    .option('--bucket <name>', 'the bucket in that store; titrate by default');
}

/**
 * Checks what was said before anything is started.
 *
 * @throws BadUsage when file and options cannot be right, Failed when the cluster cannot be used as they say.
 */
export async function whereJobsRun(options: JobOptions, environment: NodeJS.ProcessEnv): Promise<StackJobs> {
  const store = options.store === undefined ? undefined : storeOf(options.store, options.bucket, environment);
  if (options.jobs === undefined) {
    if (options.kubeconfig !== undefined)
      throw new BadUsage('Cannot use --kubeconfig as --jobs must say what runs in the cluster: it is absent');
    return { ...(store && { store }) };
  }
  const configuration = configurationOf(options.jobs);
  const kubeconfig = options.kubeconfig ?? environment['KUBECONFIG'];
  const { launcher } = configuration;
  if (launcher.kind === 'kubernetes') {
    if (launcher.storeEndpoint === null) mustReachPods(options);
    await usable(() => checkCluster({ launcher, ...(kubeconfig === undefined ? {} : { kubeconfig }) }));
  }
  return {
    jobConfiguration: resolve(options.jobs),
    ...(kubeconfig !== undefined && { kubeconfig: resolve(kubeconfig) }),
    ...(store && { store }),
  };
}

/** The options as another start of the same command takes them. */
export function jobOptionsAsWords({ jobs, kubeconfig, store, bucket }: JobOptions): string[] {
  const files = { '--jobs': jobs && resolve(jobs), '--kubeconfig': kubeconfig && resolve(kubeconfig) };
  return Object.entries({ ...files, '--store': store, '--bucket': bucket }).flatMap(([name, value]) => (value ? [name, value] : []));
}

/** @throws BadUsage when something was said that a stack which runs already cannot take up. */
export function mustBeANewStart(options: JobOptions, folder: string): void {
  const [first] = jobOptionsAsWords(options);
  if (first === undefined) return;
  throw new BadUsage(`Cannot use ${first} as no stack must run in ${folder} yet: one does. \`titrate down\` stops it.`);
}

function configurationOf(path: string): JobConfiguration {
  try {
    return readJobConfiguration(path, readText);
  } catch (error) {
    if (error instanceof JobConfigurationInvalid) throw new BadUsage(error.message);
    throw error;
  }
}

/** A stack's own store listens on loopback, where no pod can reach it. */
function mustReachPods({ jobs, store }: JobOptions): void {
  const host = store === undefined ? 'localhost' : new URL(store).hostname;
  if (!/^(localhost|127\..*|\[::1\])$/.test(host)) return;
  throw new BadUsage(
    `Cannot run the jobs of ${jobs} in a cluster as pods must reach the store: current value is ${store ?? "the stack's own, on loopback"}. ` +
      'Name a store of the cluster with --store, and as pods reach it with launcher.storeEndpoint.',
  );
}

function storeOf(endpoint: string, bucket = 'titrate', environment: NodeJS.ProcessEnv): NonNullable<StackOptions['store']> {
  if (!URL.canParse(endpoint)) throw new BadUsage(`Cannot use the store as --store must be a URL: current value is ${endpoint}`);
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  if (!accessKeyId || !secretAccessKey)
    throw new BadUsage(`Cannot use the store at ${endpoint} as the environment must set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`);
  return { endpoint, bucket, accessKeyId, secretAccessKey };
}

async function usable(check: () => Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    throw code === 'CLUSTER_REFUSED' || code === 'CLUSTER_UNREACHABLE' ? new Failed(message) : error;
  }
}
