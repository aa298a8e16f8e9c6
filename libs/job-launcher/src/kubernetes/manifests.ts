import { gzipSync } from 'node:zlib';
import type { V1Job, V1ObjectMeta, V1OwnerReference, V1Secret, V1Service } from '@kubernetes/client-node';
import { canonicalJson, digestOf, exitCodes, type JobDocument, type KubernetesLauncher } from '@titrate/contracts';
import { JobRefused } from '../errors.ts';
import type { JobRequest } from '../job-launcher.ts';
import { annotations, endFinalizer, labels, rendezvousPort } from './names.ts';
import { podSpecOf } from './pod-template.ts';
import type { StoreGrant } from './store-access.ts';

/** What all jobs of a launcher have in common. */
export interface ManifestSettings {
  readonly launcher: KubernetesLauncher;
  /** Variables that lead pods to the artifact store: its endpoint and region, no secrets. */
  readonly storeEnvironment: Readonly<Record<string, string>>;
  /** What a pod runs; the trainer unless a test says otherwise. */
  readonly command?: (request: JobRequest) => readonly string[];
}

/** How long what kind of waiting may last, in seconds: kept on the Job, as whoever looks at it later knows its name only. */
export interface WaitingLimits {
  readonly schedulingSeconds: number | null;
  readonly imageSeconds: number;
  /** Whether the job keeps away from nodes that others may use. */
  readonly avoidsNodes?: boolean;
}

/** Bytes. The API server takes no Secret of more than 1 MiB, as it is before base64; the credentials in it take little. */
const longestDocument = 1_000_000;

/**
 * The Job of a request: one pod on each node, all of them or none. Whatever ends one pod ends the Job, as a training that lost a rank
 * stands still; what comes next is the run's decision. Disruptions are told before exit codes. The rule for exit codes names those with
 * a meaning only, the others count against the limit of 0: when a queue suspends a Job, its pods end with a code of SIGTERM, which do not
 * count, but would match a rule while they go.
 * https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy
 */
export function jobManifest(request: JobRequest, settings: ManifestSettings, grant: StoreGrant): V1Job {
  const { profile } = request;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { ...metadataOf(request, settings, grant), finalizers: [endFinalizer] },
    spec: {
      suspend: settings.launcher.queue !== null,
      completionMode: 'Indexed',
      completions: profile.nodes,
      parallelism: profile.nodes,
      backoffLimit: 0,
      podReplacementPolicy: 'Failed',
      podFailurePolicy: {
        rules: [
          { action: 'FailJob', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
          { action: 'FailJob', onExitCodes: { operator: 'In', values: [exitCodes.badInput, exitCodes.lossNotFinite, exitCodes.fenced] } },
        ],
      },
      ...(profile.deadlineSeconds !== null && { activeDeadlineSeconds: profile.deadlineSeconds }),
      template: { metadata: { labels: commonLabels(request.document) }, spec: podSpecOf(request, settings, grant) },
    },
  };
}

/** The document and the credentials, mounted by the pods. It goes when its Job goes. */
export function secretManifest({ name, document }: JobRequest, grant: StoreGrant, owner: V1OwnerReference): V1Secret {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: { name, labels: commonLabels(document), ownerReferences: [owner] },
    data: { ...documentFile(name, document), ...encoded(grant.secretData) },
  };
}

/**
 * The document as the Secret has it: as it is, or compressed where it is long, as that of an analysis of many results is. The trainer
 * tells one from the other by its first bytes.
 *
 * @throws JobRefused when it is too long all the same.
 */
export function documentFile(name: string, document: JobDocument): Record<string, string> {
  const plain = Buffer.from(canonicalJson(document));
  const file = plain.length > longestDocument ? gzipSync(plain, { level: 9 }) : plain;
  if (file.length > longestDocument)
    throw new JobRefused(
      `Cannot launch job ${name} as its document must have at most ${longestDocument} bytes, compressed, for a Secret: current value is ${file.length}`,
    );
  return { 'job.json': file.toString('base64') };
}

/** Files as a Secret holds them. */
export function encoded(files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text).toString('base64')]));
}

/** From when on the job's access should be renewed. */
export function renewalOf({ renewAt }: StoreGrant): Record<string, string> {
  return renewAt === null ? {} : { [annotations.renewAt]: renewAt };
}

/** A headless Service: gives the pods of a job names by which they find each other before they are ready. Its labels are those of its Job. */
export function serviceManifest(name: string, jobLabels: Readonly<Record<string, string>>, owner: V1OwnerReference): V1Service {
  const own = [labels.name, labels.managedBy, labels.kind].map((label) => [label, jobLabels[label] ?? '']);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, labels: Object.fromEntries(own), ownerReferences: [owner] },
    spec: {
      clusterIP: 'None',
      publishNotReadyAddresses: true,
      selector: { [labels.jobName]: name },
      ports: [{ name: 'rendezvous', port: rendezvousPort }],
    },
  };
}

/** What tells two launches of one name apart: whose attempt, and the digest of the document. */
export function identityOf(document: JobDocument): Record<string, string> {
  const digest = { [annotations.document]: digestOf(document) };
  if (document.kind === 'train') return { ...digest, [annotations.run]: document.run, [annotations.attempt]: String(document.attempt) };
  if (document.kind === 'evaluate') return { ...digest, [annotations.run]: document.run };
  return digest;
}

function metadataOf(
  { name, document, profile, excludedNodes = [] }: JobRequest,
  { launcher: { queue } }: ManifestSettings,
  grant: StoreGrant,
): V1ObjectMeta {
  const { schedulingSeconds, imageSeconds } = profile;
  const limits: WaitingLimits = { schedulingSeconds, imageSeconds, ...(excludedNodes.length > 0 && { avoidsNodes: true }) };
  return {
    name,
    labels: {
      ...commonLabels(document),
      ...(queue !== null && { [labels.queueName]: queue.name }),
      ...(queue !== null && queue.priorityClass !== null && { [labels.queuePriority]: queue.priorityClass }),
    },
    annotations: {
      ...identityOf(document),
      ...renewalOf(grant),
      [annotations.limits]: JSON.stringify(limits),
      [annotations.scope]: JSON.stringify(grant.scope),
    },
  };
}

function commonLabels({ kind }: JobDocument): Record<string, string> {
  return { [labels.name]: 'titrate-job', [labels.managedBy]: 'titrate', [labels.kind]: kind };
}
