import {
  makeInformer,
  type Informer,
  type KubeConfig,
  type KubernetesListObject,
  type KubernetesObject,
  type ObjectCache,
} from '@kubernetes/client-node';
import { ListExpired, type Calls, type Resource } from './calls.ts';
import { labels, managedSelector } from './names.ts';
import type { Job, JobView, ObjectMeta, Pod } from './objects.ts';

/** What watches have shown of the namespace's jobs: cheap and a little late. Ends are confirmed by asking. */
export interface ClusterView {
  /** A job with its pods; null while the watches are broken, and for a job that they have not shown. */
  get(name: string): JobView | null;
  /** Pods of a Job that are gone, as they were seen last. */
  vanished(jobUid: string): readonly Pod[];
  /** Whether a Service is missing for sure. */
  lacksService(name: string): boolean;
  /** Ends the watches. */
  close(): Promise<void>;
}

/** A watch that broke is begun anew after so long. */
const restartMs = 1_000;
/** Pods of so many jobs are remembered after they are gone. */
const rememberedJobs = 5_000;

/** Watches the Jobs, pods and Services of a namespace that Titrate made: three connections, however many jobs there are. */
export function watchCluster(config: KubeConfig, calls: Calls): ClusterView {
  const gone = new Map<string, Map<string, Pod>>();
  const podsByJob = new Map<string, Map<string, Pod>>();
  const jobs = watched<Job>(config, calls, 'jobs');
  const pods = watched<Pod>(config, calls, 'pods', {
    changed: (pod) => entry(podsByJob, jobNameOf(pod)).set(pod.metadata.name, pod),
    removed: (pod) => {
      forgetPod(podsByJob, pod);
      remember(gone, pod);
    },
  });
  const services = watched(config, calls, 'services');
  return {
    get(name) {
      const job = jobs.healthy() && pods.healthy() ? jobs.get(name) : undefined;
      if (job === undefined) return null;
      const own = [...(podsByJob.get(name)?.values() ?? [])].filter((pod) => ownerOf(pod) === job.metadata.uid);
      return { job, pods: own, vanished: vanished(job.metadata.uid), events: [] };
    },
    vanished,
    lacksService: (name) => services.healthy() && services.get(name) === undefined,
    close: async () => void (await Promise.all([jobs.close(), pods.close(), services.close()])),
  };

  function vanished(jobUid: string): readonly Pod[] {
    return [...(gone.get(jobUid)?.values() ?? [])];
  }
}

/** The Job that a pod was made by; null for one that nobody owns any more. */
export function ownerOf({ metadata }: Pod): string | null {
  return metadata.ownerReferences?.find(({ controller }) => controller)?.uid ?? null;
}

function jobNameOf({ metadata }: Pod): string {
  return metadata.labels?.[labels.jobName] ?? '';
}

function forgetPod(byJob: Map<string, Map<string, Pod>>, pod: Pod): void {
  const pods = byJob.get(jobNameOf(pod));
  pods?.delete(pod.metadata.name);
  if (pods?.size === 0) byJob.delete(jobNameOf(pod));
}

function remember(gone: Map<string, Map<string, Pod>>, pod: Pod): void {
  entry(gone, ownerOf(pod) ?? '').set(pod.metadata.uid, remains(pod));
  if (gone.size > rememberedJobs) gone.delete(gone.keys().next().value!);
}

/** What tells how a pod ended. Whole, pods of thousands of jobs would take gigabytes. */
function remains({ metadata, spec, status }: Pod): Pod {
  const { name, uid, resourceVersion, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds, ownerReferences } = metadata;
  const going = deletionTimestamp === undefined ? {} : { deletionTimestamp, deletionGracePeriodSeconds };
  return {
    metadata: { name, uid, resourceVersion, creationTimestamp, ...going, ownerReferences, labels: indexOf(metadata) } as ObjectMeta,
    spec: spec.nodeName === undefined ? {} : { nodeName: spec.nodeName },
    ...(status && { status }),
  };
}

function indexOf({ labels: all }: ObjectMeta): Record<string, string> {
  return { [labels.index]: all?.[labels.index] ?? '' };
}

function entry<V>(map: Map<string, Map<string, V>>, key: string): Map<string, V> {
  const found = map.get(key) ?? new Map<string, V>();
  map.set(key, found);
  return found;
}

interface Watched<T> {
  get(name: string): T | undefined;
  healthy(): boolean;
  close(): Promise<void>;
}

interface Changes<T> {
  changed(object: T): void;
  removed(object: T): void;
}

/** One informer that begins again whenever it breaks: after a restart of the API server, an expired version, a refused watch. */
function watched<T extends { readonly metadata: ObjectMeta }>(
  config: KubeConfig,
  calls: Calls,
  resource: 'jobs' | 'pods' | 'services',
  changes?: Changes<T>,
): Watched<T> {
  let state: 'starting' | 'healthy' | 'closed' = 'starting';
  let starts = 0;
  let timer: NodeJS.Timeout | undefined;
  const list = async () => (await listAll(calls, resource)) as unknown as KubernetesListObject<KubernetesObject>;
  const informer = makeInformer(config, calls.pathOf(resource), list, managedSelector) as Informer<KubernetesObject> &
    ObjectCache<KubernetesObject>;
  // A start that fails is told by an error event, and resolves all the same.
  const begin = (): void => {
    const start = ++starts;
    informer.start().then(() => {
      if (start === starts && state === 'starting') state = 'healthy';
    }, retry);
  };
  const retry = (): void => {
    if (state === 'closed') return;
    state = 'starting';
    starts++;
    clearTimeout(timer);
    timer = setTimeout(begin, restartMs).unref();
  };
  informer.on('error', retry);
  if (changes) {
    informer.on('add', (object) => changes.changed(object as unknown as T));
    informer.on('update', (object) => changes.changed(object as unknown as T));
    informer.on('delete', (object) => changes.removed(object as unknown as T));
  }
  begin();
  return {
    get: (name) => informer.get(name, calls.namespace) as unknown as T | undefined,
    healthy: () => state === 'healthy',
    close: async () => {
      state = 'closed';
      clearTimeout(timer);
      await informer.stop();
    },
  };
}

const pageSize = '500';

/** All objects of a kind that Titrate made, read page by page, with the version that a watch can go on from. */
export function listAll<T>(calls: Calls, resource: 'jobs' | 'pods' | 'services'): Promise<{ items: T[]; metadata: ListMeta }> {
  return listPages<T>(calls, resource, { labelSelector: managedSelector });
}

/** Lists that expire between their pages are begun anew so many times: the API server keeps them for minutes. */
const mostListings = 5;

/** All objects of a kind that a selector finds, page by page. @throws ListExpired when the list takes longer than the server keeps it, every time */
export async function listPages<T>(
  calls: Calls,
  resource: Resource,
  selector: Readonly<Record<string, string>>,
): Promise<{ items: T[]; metadata: ListMeta }> {
  for (let listing = 1; ; listing++) {
    try {
      return await listOnce<T>(calls, resource, selector);
    } catch (error) {
      if (!(error instanceof ListExpired) || listing === mostListings) throw error;
    }
  }
}

async function listOnce<T>(calls: Calls, resource: Resource, selector: Readonly<Record<string, string>>) {
  const items: T[] = [];
  for (let next: string | undefined; ;) {
    const query = { ...selector, limit: pageSize, ...(next && { continue: next }) };
    const page = await calls.json<{ items: T[]; metadata: ListMeta }>({ verb: 'list', resource, query });
    items.push(...(page?.items ?? []));
    next = page?.metadata.continue;
    if (!next) return { items, metadata: page?.metadata ?? {} };
  }
}

interface ListMeta {
  readonly resourceVersion?: string;
  readonly continue?: string;
}
