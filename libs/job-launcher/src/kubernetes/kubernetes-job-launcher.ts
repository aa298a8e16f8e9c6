import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterUnreachable } from '../errors.ts';
import type { JobLauncher, JobListing, JobStatus } from '../job-launcher.ts';
import { checkProfile } from '../profile-checks.ts';
import { Conflict, createCalls } from './calls.ts';
import { classify, failureOf, isForgotten, recordedEnd, type Reading } from './classify.ts';
import { listAll, watchCluster } from './cluster-view.ts';
import { checkNamespace } from './check-cluster.ts';
import { connect } from './connect.ts';
import { readLog, speakerOf } from './job-log.ts';
import { createRenewer, isOfBucket, makeJob, makeService, type PartsSettings } from './job-parts.ts';
import { createEventReader, deleteJob, endPods, lookAt, recordVerdict } from './job-truth.ts';
import { endFinalizer, validName } from './names.ts';
import { finish, termination, type Job, type JobView, type Pod } from './objects.ts';
import { createTroubleClock } from './trouble-clock.ts';

/** Which cluster, and how jobs are run there. */
export interface KubernetesJobLauncherSettings extends PartsSettings {
  /** A kubeconfig file; without it the usual places: `KUBECONFIG`, the home folder, the pod itself. */
  readonly kubeconfig?: string;
  /** Jobs of another bucket are another control plane's, and are not listed: whoever clears up must leave them alone. All are when not given. */
  readonly bucket?: string;
  /** How long a call tries again while the API server is away; the default is 15 s. */
  readonly patienceMs?: number;
}

/** A launcher with connections. */
export interface KubernetesJobLauncher extends JobLauncher {
  /** Ends the watches; jobs go on. */
  close(): Promise<void>;
}

const defaultPatienceMs = 15_000;
const lookMs = 250;
/** A thousand jobs that are stopped at once must not keep the API server from ending them. */
const longestLookMs = 2_000;
/** A watch that has not shown a Job by then will not show it any more: it is gone, or the watch is broken. */
const watchLateMs = 3_000;
/** A cluster that has not ended the pods of a deleted Job by then has no controllers at work. */
const longestEndMs = 15 * 60_000;

/**
 * Runs each job as a Job of the cluster. All that is known stands in the cluster: any number of launchers, in any process, see the same
 * jobs. A watch only hints that a job is at work; whatever else is told was asked for.
 *
 * @throws ClusterRefused when the kubeconfig cannot be read or has no such context.
 */
export function createKubernetesJobLauncher(settings: KubernetesJobLauncherSettings): KubernetesJobLauncher {
  const config = connect(settings.kubeconfig, settings.launcher.context);
  const calls = createCalls(config, settings.launcher.namespace, settings.patienceMs ?? defaultPatienceMs);
  const view = watchCluster(config, calls);
  const withEvents = createEventReader(calls);
  const troubleSince = createTroubleClock();
  const renew = createRenewer(calls, settings.access);
  const made = rememberMade();

  const launcher: KubernetesJobLauncher = {
    async launch(request) {
      validName(request.name);
      checkProfile(request.profile);
      validName(request.name, request.profile.nodes);
      made.keep(await makeJob(calls, settings, request, view.get(request.name) !== null), Date.now());
    },
    async status(name) {
      const seen = view.get(validName(name)) ?? made.get(name, Date.now());
      if (seen !== null) {
        await mend(seen);
        const reading = await read(seen);
        if (reading.kind === 'waiting' || reading.kind === 'running' || isFinal(seen.job, reading)) return statusOf(reading);
      }
      return statusOf((await conclude(name)).reading);
    },
    async stop(name, failure) {
      made.drop(name);
      const { job, reading } = await conclude(validName(name), (seen) => stopped(seen, failure));
      if (reading.kind === 'unknown') return;
      await untilEnded(name, job!.metadata.uid);
    },
    async log(name, offset) {
      const seen = view.get(validName(name)) ?? (await lookAt(calls, view, name));
      const pod = seen && speakerOf(seen.pods);
      if (!pod) return { text: '', next: offset };
      const now = async (): Promise<Pod | undefined> =>
        (await lookAt(calls, view, name))?.pods.find(({ metadata }) => metadata.uid === pod.metadata.uid);
      const hasEnded = async (): Promise<boolean> => termination((await now()) ?? pod) !== undefined;
      return readLog(calls, pod, offset, hasEnded);
    },
    async forget(name) {
      made.drop(name);
      const seen = view.get(validName(name));
      const isKnown = seen !== null && isFinal(seen.job, await read(seen));
      const ended = isKnown ? seen.job : await endedJob(name);
      if (ended === null) return;
      await settings.access.revoke(name);
      await release(ended);
    },
    async check(use) {
      const { namespace } = settings.launcher;
      await checkNamespace(config, namespace, use);
      return `namespace ${namespace} of ${config.getCurrentCluster()!.server}: every right that it takes to ${use === 'run' ? 'run jobs' : 'read of jobs'}`;
    },
    async list() {
      const { items } = await listAll<Job>(calls, 'jobs');
      const { bucket } = settings;
      return items.filter((job) => !isForgotten(viewOf(job)) && (bucket === undefined || isOfBucket(job, bucket))).map(listingOf);
    },
    close: () => view.close(),
  };
  return launcher;

  async function read(seen: JobView | null): Promise<Reading> {
    return classify(seen && (await withEvents(seen, Date.now())), Date.now(), troubleSince);
  }

  /** The truth of now. What has ended, or has to, is recorded as such, once; `wish` is what the caller wants recorded if nothing else is. */
  async function conclude(name: string, wish?: (seen: JobView) => Reading): Promise<{ job: Job | null; reading: Reading }> {
    for (let seen = await lookAt(calls, view, name); ;) {
      const found = await read(seen);
      const reading = wish && (found.kind === 'waiting' || found.kind === 'running') ? wish(seen!) : found;
      if (reading.kind === 'ending') await endPods(calls, seen!.job);
      if (reading.kind !== 'verdict') return { job: seen?.job ?? null, reading };
      const job = await recordVerdict(calls, seen!, reading);
      seen = job === null ? await lookAt(calls, view, name) : { ...seen!, job };
    }
  }

  async function endedJob(name: string): Promise<Job | null> {
    const { job, reading } = await conclude(name);
    return reading.kind === 'ended' ? job : null;
  }

  async function untilEnded(name: string, uid: string): Promise<void> {
    const deadline = Date.now() + longestEndMs;
    for (let pauseMs = lookMs; ; pauseMs = Math.min(2 * pauseMs, longestLookMs)) {
      const { job, reading } = await conclude(name);
      if (reading.kind === 'ended' || job?.metadata.uid !== uid) return;
      if (Date.now() > deadline) throw new ClusterUnreachable(`Cannot stop job ${name} as the cluster must end its pods: they live on`);
      await sleep(pauseMs);
    }
  }

  /** Lets a Job go, with all that it owns. */
  async function release({ metadata: { name, uid } }: Job): Promise<void> {
    const look = () => calls.json<Job>({ verb: 'get', resource: 'jobs', name });
    for (let job = (await deleteJob(calls, name, uid, 'Background')) ?? (await look()); ; job = await look()) {
      if (job === null || job.metadata.uid !== uid) return;
      const finalizers = (job.metadata.finalizers ?? []).filter((finalizer) => finalizer !== endFinalizer);
      const body = { metadata: { uid, resourceVersion: job.metadata.resourceVersion, finalizers } };
      try {
        await calls.json({ verb: 'patch', resource: 'jobs', name, body });
        return;
      } catch (error) {
        if (!(error instanceof Conflict)) throw error;
      }
    }
  }

  /** Keeps what a living job needs: its Service, and access that does not run out. A Service that cannot be made is tried again at the next look. */
  async function mend(seen: JobView): Promise<void> {
    if (finish(seen.job) !== undefined || seen.job.metadata.deletionTimestamp !== undefined || recordedEnd(seen) !== null) return;
    if (seen.job.spec.completions > 1 && view.lacksService(seen.job.metadata.name)) await makeService(calls, seen.job);
    await renew(seen.job, Date.now());
  }
}

/** Jobs that this launcher has just made, until the watch shows them: what they do need not be asked. */
function rememberMade() {
  const jobs = new Map<string, { job: Job; at: number }>();
  return {
    keep(job: Job, now: number): void {
      for (const [name, { at }] of jobs) {
        if (now - at < watchLateMs) break;
        jobs.delete(name);
      }
      if (finish(job) === undefined && recordedEnd({ job }) === null && job.metadata.deletionTimestamp === undefined)
        jobs.set(job.metadata.name, { job, at: now });
    },
    /** It is ended or put away: what was made says nothing any more. */
    drop: (name: string): void => void jobs.delete(name),
    get(name: string, now: number): JobView | null {
      const known = jobs.get(name);
      return known === undefined || now - known.at >= watchLateMs ? null : viewOf(known.job);
    },
  };
}

/** A recorded end stands, and a Job that is over has no living pods and makes no more: of such a one there is nothing left to ask. */
function isFinal(job: Job, reading: Reading): boolean {
  return reading.kind === 'ended' && finish(job) !== undefined;
}

function stopped({ pods }: JobView, failure: 'stopped' | 'hung'): Reading {
  const words = failure === 'stopped' ? 'was stopped' : 'was ended as it showed no sign of progress';
  // Of several pods nobody knows which one hangs.
  return failureOf(failure, words, Date.now(), { pod: pods.length === 1 ? pods[0]! : null });
}

function statusOf(reading: Reading): JobStatus {
  if (reading.kind === 'ending' || reading.kind === 'verdict') return { kind: 'waiting', reason: 'its pods are ending' };
  return reading;
}

function listingOf(job: Job): JobListing {
  const ended = finish(job) !== undefined || recordedEnd({ job }) !== null;
  return { name: job.metadata.name, ended, launchedAt: new Date(job.metadata.creationTimestamp).toISOString() };
}

const viewOf = (job: Job): JobView => ({ job, pods: [], vanished: [], events: [] });
