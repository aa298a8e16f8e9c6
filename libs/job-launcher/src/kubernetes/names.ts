import { JobRefused } from '../errors.ts';

/** Labels on the Job, its pods, its Service and its Secret; those of `batch.kubernetes.io` are the Job controller's. */
export const labels = {
  name: 'app.kubernetes.io/name',
  managedBy: 'app.kubernetes.io/managed-by',
  kind: 'titrate.dev/kind',
  jobName: 'batch.kubernetes.io/job-name',
  index: 'batch.kubernetes.io/job-completion-index',
  queueName: 'kueue.x-k8s.io/queue-name',
  queuePriority: 'kueue.x-k8s.io/priority-class',
} as const;

/** What finds everything that Titrate made in a namespace. */
export const managedSelector = `${labels.managedBy}=titrate`;

/** Annotations of a Job. `end` is the first verdict on how the job ended, as JSON of a `JobEnd`: it stands, whatever is seen later. */
export const annotations = {
  document: 'titrate.dev/document',
  run: 'titrate.dev/run',
  attempt: 'titrate.dev/attempt',
  limits: 'titrate.dev/limits',
  scope: 'titrate.dev/store-scope',
  renewAt: 'titrate.dev/renew-at',
  end: 'titrate.dev/ended',
} as const;

/** Keeps a Job readable until its end is recorded, whoever deletes it. */
export const endFinalizer = 'titrate.dev/end';
/** Kubernetes' own: a Job that has it is going, after its pods. */
export const foregroundFinalizer = 'foregroundDeletion';

/** Name of the one container of a pod. */
export const containerName = 'trainer';
/** Where ranks meet, on the pod with index 0. */
export const rendezvousPort = 29_500;

/** The longest host name of a pod, `JOB-INDEX`: a DNS label. */
const longestHostName = 63;

/**
 * The name, when a Job, a Service and, with their index, pods can have it.
 *
 * @throws JobRefused
 */
export function validName(name: string, nodes = 1): string {
  const longest = longestHostName - `-${nodes - 1}`.length;
  if (name.length <= longest && /^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name)) return name;
  throw new JobRefused(
    `Cannot name a job as the name must be 1 to ${longest} lower-case letters, digits and hyphens, a letter first, so that its pods can be hosts: current value is "${name.slice(0, 250)}"`,
  );
}

/** Host name of the pod with index 0, as the other pods of the job reach it. */
export function firstHost(name: string): string {
  return `${name}-0.${name}`;
}
