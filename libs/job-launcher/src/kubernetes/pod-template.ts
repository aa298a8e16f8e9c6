import type { V1Container, V1EnvVar, V1PodSpec, V1ResourceRequirements, V1Volume, V1VolumeMount } from '@kubernetes/client-node';
import { parseQuantity, type JobProfile, type KubernetesLauncher } from '@titrate/contracts';
import type { JobRequest } from '../job-launcher.ts';
import type { ManifestSettings } from './manifests.ts';
import { containerName, firstHost, rendezvousPort } from './names.ts';
import { affinityOf } from './placement.ts';
import { containerSecurity, podSecurity } from './pod-security.ts';
import type { StoreGrant } from './store-access.ts';

/** Where the pod finds its document and the credentials of its job: the job's Secret. */
export const jobFolder = '/titrate/job';
/** The job's document. */
export const jobFile = `${jobFolder}/job.json`;
/** The only folder for work; `/tmp` lies on the same disk. */
export const scratchFolder = '/titrate/scratch';

/** The authorities that vouch for the store, where public ones do not. */
const caFolder = '/titrate/ca';
const caFile = `${caFolder}/ca.crt`;

/** Beside the scratch, the container's log counts as disk of the pod. */
const logBytes = 256 * 2 ** 20;

/** Errors go where output goes: a container runtime copies the two side by side, and would write a traceback before the lines it followed. */
const inOneStream = ['python', '-S', '-c', 'import os, sys; os.dup2(1, 2); os.execvp(sys.argv[1], sys.argv[1:])'];

/** The pod of one node. */
export function podSpecOf(request: JobRequest, settings: ManifestSettings, grant: StoreGrant): V1PodSpec {
  const { name, profile } = request;
  const { launcher } = settings;
  return {
    restartPolicy: 'Never',
    serviceAccountName: launcher.serviceAccountName,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    // The first process of a pod ignores signals that it does not handle: let that be the pause process, so that SIGTERM ends a trainer.
    shareProcessNamespace: true,
    terminationGracePeriodSeconds: profile.graceSeconds,
    securityContext: podSecurity,
    containers: [containerOf(request, settings, grant)],
    volumes: volumesOf(request, grant, launcher),
    nodeSelector: profile.nodeSelector,
    tolerations: profile.tolerations,
    affinity: affinityOf(name, profile, request.excludedNodes ?? []),
    imagePullSecrets: launcher.imagePullSecrets.map((secret) => ({ name: secret })),
    ...(profile.nodes > 1 && { subdomain: name }),
    ...(profile.priorityClassName !== null && { priorityClassName: profile.priorityClassName }),
    ...(profile.runtimeClassName !== null && { runtimeClassName: profile.runtimeClassName }),
  };
}

function containerOf(request: JobRequest, settings: ManifestSettings, grant: StoreGrant): V1Container {
  return {
    name: containerName,
    image: settings.launcher.image,
    imagePullPolicy: settings.launcher.imagePullPolicy,
    command: [...inOneStream, ...(settings.command ?? trainerCommand)(request)],
    workingDir: scratchFolder,
    env: environmentOf(request.profile, settings, grant),
    resources: resourcesOf(request.profile),
    volumeMounts: mountsOf(grant, settings.launcher),
    securityContext: containerSecurity,
  };
}

/** The trainer: one process, or on each node torchrun, through a wrapper that keeps the failed rank's exit code. */
export function trainerCommand({ name, profile: { nodes, processesPerNode } }: JobRequest): readonly string[] {
  const trainer = ['-m', 'trainer', jobFile];
  if (nodes * processesPerNode === 1) return ['python', ...trainer];
  const torchrun = ['python', '-m', 'trainer.ranks', '--nproc-per-node', String(processesPerNode), '--max-restarts', '0'];
  if (nodes === 1) return [...torchrun, '--standalone', ...trainer];
  const meeting = ['--master-addr', firstHost(name), '--master-port', String(rendezvousPort)];
  return [...torchrun, '--nnodes', String(nodes), '--node-rank', '$(JOB_COMPLETION_INDEX)', ...meeting, ...trainer];
}

/** The operator's variables come last: NCCL is theirs to tune. */
function environmentOf(profile: JobProfile, settings: ManifestSettings, grant: StoreGrant): V1EnvVar[] {
  const threads = String(profile.threadsPerProcess);
  const variables = {
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    HOME: scratchFolder,
    TMPDIR: '/tmp',
    TITRATE_CACHE_DIRECTORY: `${scratchFolder}/cache`,
    TITRATE_CACHE_BYTES: String(Math.floor(parseQuantity(profile.scratch) / 2)),
    TITRATE_IMAGE: settings.launcher.image,
    HF_HUB_OFFLINE: '1',
    OMP_NUM_THREADS: threads,
    RAYON_NUM_THREADS: threads,
    ...settings.storeEnvironment,
    ...grant.environment,
    ...(settings.launcher.caBundle !== null && { AWS_CA_BUNDLE: caFile }),
    ...profile.environment,
  };
  return Object.entries(variables).map(([name, value]) => ({ name, value }));
}

/** Requests equal limits: nothing is lent, so that nothing is taken back from a training. */
function resourcesOf(profile: JobProfile): V1ResourceRequirements {
  const amounts = {
    cpu: profile.cpu,
    memory: profile.memory,
    'ephemeral-storage': String(Math.ceil(parseQuantity(profile.scratch)) + logBytes),
    ...(profile.gpusPerNode > 0 && { [profile.gpuResource]: String(profile.gpusPerNode) }),
  };
  return { requests: amounts, limits: amounts };
}

function volumesOf({ name, profile }: JobRequest, { projectedToken }: StoreGrant, { caBundle }: KubernetesLauncher): V1Volume[] {
  const volumes: V1Volume[] = [
    { name: 'job', secret: { secretName: name, defaultMode: 0o440 } },
    { name: 'scratch', emptyDir: { sizeLimit: profile.scratch } },
    { name: 'shared-memory', emptyDir: { medium: 'Memory', sizeLimit: profile.sharedMemory } },
  ];
  if (caBundle !== null)
    volumes.push({
      name: 'ca',
      configMap: { name: caBundle.configMapName, items: [{ key: caBundle.key, path: 'ca.crt' }], defaultMode: 0o444 },
    });
  if (projectedToken === null) return volumes;
  const { mountPath: _mounted, ...token } = projectedToken;
  return [...volumes, { name: 'identity', projected: { sources: [{ serviceAccountToken: token }], defaultMode: 0o440 } }];
}

function mountsOf({ projectedToken }: StoreGrant, { caBundle }: KubernetesLauncher): V1VolumeMount[] {
  const mounts: V1VolumeMount[] = [
    { name: 'job', mountPath: jobFolder, readOnly: true },
    { name: 'scratch', mountPath: scratchFolder },
    { name: 'scratch', mountPath: '/tmp', subPath: 'tmp' },
    { name: 'shared-memory', mountPath: '/dev/shm' },
  ];
  if (caBundle !== null) mounts.push({ name: 'ca', mountPath: caFolder, readOnly: true });
  if (projectedToken === null) return mounts;
  return [...mounts, { name: 'identity', mountPath: projectedToken.mountPath, readOnly: true }];
}
