import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { digestOf, JobProfile, type JobProfileInput } from '@titrate/contracts';
import { documentOf } from '../job-launcher.contract.ts';
import type { JobRequest } from '../job-launcher.ts';
import { launcherConfiguration } from './kubernetes-harness.ts';
import { jobManifest, secretManifest, serviceManifest } from './manifests.ts';
import { trainerCommand } from './pod-template.ts';
import type { StoreGrant } from './store-access.ts';

const request = (profile: JobProfileInput = {}, more: Partial<JobRequest> = {}): JobRequest => ({
  name: 'run',
  document: documentOf('run'),
  profile: JobProfile.parse(profile),
  ...more,
});
const grant: StoreGrant = {
  environment: { AWS_REGION: 'here' },
  secretData: { 'credentials.json': '{"secretAccessKey":"s3cret"}' },
  renewAt: '2026-11-23T00:00:00Z',
  projectedToken: null,
  scope: { name: 'run', bucket: 'b', read: [], create: [] },
};
const owner = { apiVersion: 'batch/v1', kind: 'Job', name: 'run', uid: 'u', controller: true };
const manifest = (profile?: JobProfileInput, more?: Partial<JobRequest>, launcher = {}) =>
  jobManifest(request(profile, more), { launcher: launcherConfiguration('runs', launcher), storeEnvironment: {} }, grant);
const podSpec = (...of: Parameters<typeof manifest>) => manifest(...of).spec!.template.spec!;
const container = (...of: Parameters<typeof manifest>) => podSpec(...of).containers[0]!;
const variables = (...of: Parameters<typeof manifest>) => Object.fromEntries(container(...of).env!.map(({ name, value }) => [name, value]));

describe('the pod of a job', () => {
  it('keeps the restricted standard: no root, no capability, no token, nothing to write to but named volumes', () => {
    expect(podSpec()).toMatchObject({
      automountServiceAccountToken: false,
      restartPolicy: 'Never',
      securityContext: { runAsNonRoot: true, runAsUser: 65532, fsGroup: 65532, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(container().securityContext).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
    });
    expect(podSpec()).not.toHaveProperty('hostNetwork');
    expect(
      container()
        .volumeMounts!.filter(({ readOnly }) => !readOnly)
        .map(({ mountPath }) => mountPath),
    ).toEqual(['/titrate/scratch', '/tmp', '/dev/shm']);
  });

  it("trusts the store's own authority where the operator names a ConfigMap with it, and mounts none otherwise", () => {
    const caBundle = { configMapName: 'internal-authority', key: 'root.pem' };
    const of = [{}, {}, { caBundle }] as const;
    expect(podSpec(...of).volumes).toContainEqual({
      name: 'ca',
      configMap: { name: 'internal-authority', items: [{ key: 'root.pem', path: 'ca.crt' }], defaultMode: 0o444 },
    });
    expect(container(...of).volumeMounts).toContainEqual({ name: 'ca', mountPath: '/titrate/ca', readOnly: true });
    expect(variables(...of)).toMatchObject({ AWS_CA_BUNDLE: '/titrate/ca/ca.crt' });
    expect(variables()).not.toHaveProperty('AWS_CA_BUNDLE');
    expect(podSpec().volumes!.map(({ name }) => name)).not.toContain('ca');
  });

  it('asks for all that its profile says, and gets no more', () => {
    const profile = { gpusPerNode: 8, cpu: '90', memory: '900Gi', sharedMemory: '64Gi', scratch: '1Ti' };
    const { requests, limits } = container(profile).resources!;
    expect(limits).toEqual(requests);
    expect(limits).toMatchObject({ cpu: '90', memory: '900Gi', 'nvidia.com/gpu': '8', 'ephemeral-storage': String(2 ** 40 + 2 ** 28) });
    expect(podSpec(profile).volumes).toContainEqual({ name: 'shared-memory', emptyDir: { medium: 'Memory', sizeLimit: '64Gi' } });
    expect(podSpec(profile).volumes).toContainEqual({ name: 'scratch', emptyDir: { sizeLimit: '1Ti' } });
    expect(container().resources!.limits).not.toHaveProperty(['nvidia.com/gpu']);
  });

  it('goes where its profile says', () => {
    const tolerations = [{ key: 'gpu', operator: 'Exists' as const }];
    const profile = {
      nodeSelector: { pool: 'h100' },
      tolerations,
      priorityClassName: 'high',
      runtimeClassName: 'nvidia',
      graceSeconds: 60,
    };
    expect(podSpec(profile)).toMatchObject({
      nodeSelector: { pool: 'h100' },
      tolerations,
      priorityClassName: 'high',
      runtimeClassName: 'nvidia',
      terminationGracePeriodSeconds: 60,
    });
  });

  it('the variables of the operator win; no secret stands among them', () => {
    expect(variables({ environment: { NCCL_DEBUG: 'INFO', OMP_NUM_THREADS: '7' } })).toMatchObject({
      NCCL_DEBUG: 'INFO',
      OMP_NUM_THREADS: '7',
      AWS_REGION: 'here',
      TITRATE_IMAGE: 'localhost/python:1',
      HF_HUB_OFFLINE: '1',
    });
    expect(JSON.stringify(manifest())).not.toContain('s3cret');
  });

  it('mounts a projected token for the store and for nothing else, when its access needs one', () => {
    const projectedToken = { audience: 'sts', mountPath: '/token', path: 'token', expirationSeconds: 3600 };
    const settings = { launcher: launcherConfiguration('runs'), storeEnvironment: {} };
    const { containers, volumes } = jobManifest(request(), settings, { ...grant, projectedToken }).spec!.template.spec!;
    const token = { audience: 'sts', path: 'token', expirationSeconds: 3600 };
    expect(volumes!.at(-1)).toEqual({ name: 'identity', projected: { sources: [{ serviceAccountToken: token }], defaultMode: 0o440 } });
    expect(containers[0]!.volumeMounts!.at(-1)).toEqual({ name: 'identity', mountPath: '/token', readOnly: true });
  });
});

describe('where the pods of a job may run', () => {
  const matchFields = ['bad-1', 'bad-2'].map((node) => ({ key: 'metadata.name', operator: 'NotIn', values: [node] }));

  it('one node gets one pod of a job with several, in one place of the topology', () => {
    const selector = { matchLabels: { 'batch.kubernetes.io/job-name': 'run' } };
    expect(podSpec({ nodes: 4, topologyKey: 'rack' }).affinity).toEqual({
      podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'rack', labelSelector: selector }] },
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname', labelSelector: selector }],
      },
    });
    expect(podSpec({ topologyKey: 'rack' }).affinity).toBeUndefined();
    expect(podSpec({ nodes: 4, onePodPerNode: false }).affinity).toBeUndefined();
  });

  it('nodes where an attempt failed are left out of every term of the profile', () => {
    const terms = [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }, { matchExpressions: [{ key: 'b', operator: 'Exists' }] }];
    const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } };
    const excludedNodes = ['bad-1', 'bad-2'];
    const { nodeAffinity } = podSpec({ affinity }, { excludedNodes }).affinity!;
    expect(nodeAffinity!.requiredDuringSchedulingIgnoredDuringExecution!.nodeSelectorTerms).toEqual(
      terms.map((term) => ({ ...term, matchFields })),
    );
    expect(manifest({}, { excludedNodes }).metadata!.annotations!['titrate.dev/limits']).toContain('"avoidsNodes":true');
    expect(podSpec({}, { excludedNodes }).affinity).toEqual({
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields }] } },
    });
  });
});

describe('what a pod runs', () => {
  it('is the command as it is, with errors and output in one stream', () => {
    const [python, ...rest] = container().command!;
    expect([python, rest[1]]).toEqual(['python', '-c']);
    expect(rest.slice(3)).toEqual(trainerCommand(request()));
  });

  it.each<[string, JobProfileInput, string]>([
    ['one rank', {}, 'python -m trainer /titrate/job/job.json'],
    [
      'several ranks of one node',
      { processesPerNode: 8 },
      'python -m trainer.ranks --nproc-per-node 8 --max-restarts 0 --standalone -m trainer /titrate/job/job.json',
    ],
    [
      'several nodes',
      { nodes: 2, processesPerNode: 8 },
      'python -m trainer.ranks --nproc-per-node 8 --max-restarts 0 --nnodes 2 --node-rank $(JOB_COMPLETION_INDEX) --master-addr run-0.run --master-port 29500 -m trainer /titrate/job/job.json',
    ],
  ])('%s', (_what, profile, command) => {
    expect(trainerCommand(request(profile)).join(' ')).toBe(command);
  });
});

describe('the Job', () => {
  it('is one gang that is never restarted, by one rule: what the cluster did comes before exit codes', () => {
    expect(manifest({ nodes: 4, deadlineSeconds: 3600 }).spec).toMatchObject({
      suspend: false,
      completionMode: 'Indexed',
      completions: 4,
      parallelism: 4,
      backoffLimit: 0,
      podReplacementPolicy: 'Failed',
      activeDeadlineSeconds: 3600,
      podFailurePolicy: {
        rules: [
          { action: 'FailJob', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
          { action: 'FailJob', onExitCodes: { operator: 'In', values: [20, 30, 40] } },
        ],
      },
    });
  });

  it('carries the digest of its document and waits until its end is recorded', () => {
    const { metadata } = manifest();
    expect(metadata!.annotations).toMatchObject({
      'titrate.dev/document': digestOf(documentOf('run')),
      'titrate.dev/renew-at': grant.renewAt,
    });
    expect(metadata!.finalizers).toEqual(['titrate.dev/end']);
    expect(metadata!.labels).toEqual({
      'app.kubernetes.io/name': 'titrate-job',
      'app.kubernetes.io/managed-by': 'titrate',
      'titrate.dev/kind': 'corpus',
    });
  });

  it('is created suspended, with the names of its queue and its priority there, where Kueue admits it', () => {
    const { metadata, spec } = manifest({}, {}, { queue: { name: 'gpus', priorityClass: 'nightly' } });
    expect(spec!.suspend).toBe(true);
    expect(metadata!.labels).toMatchObject({ 'kueue.x-k8s.io/queue-name': 'gpus', 'kueue.x-k8s.io/priority-class': 'nightly' });
  });
});

describe('what a Job owns', () => {
  it('the Secret has the document and the credentials, and goes with the Job', () => {
    const { data, metadata } = secretManifest(request(), grant, owner);
    const text = (name: string): string => Buffer.from(data![name]!, 'base64').toString();
    expect(JSON.parse(text('job.json'))).toEqual(documentOf('run'));
    expect(text('credentials.json')).toBe(grant.secretData['credentials.json']);
    expect(metadata!.ownerReferences).toEqual([owner]);
  });

  it('a document that no Secret holds is refused', () => {
    const noise = randomBytes(1_100_000).toString('base64');
    const long = request({}, { document: { ...documentOf('run'), bucket: noise } });
    expect(() => secretManifest(long, grant, owner)).toThrow('must have at most 1000000 bytes');
  });

  it('a long document is compressed, the same way each time', () => {
    const long = request({}, { document: { ...documentOf('run'), bucket: 'b'.repeat(1_000_001) } });
    const packed = (): Buffer => Buffer.from(secretManifest(long, grant, owner).data!['job.json']!, 'base64');
    expect(packed()).toEqual(packed());
    expect(JSON.parse(gunzipSync(packed()).toString())).toEqual(long.document);
  });

  it('the Service is headless and names pods before they are ready', () => {
    const { spec, metadata } = serviceManifest('run', manifest().metadata!.labels!, owner);
    expect(spec).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true, selector: { 'batch.kubernetes.io/job-name': 'run' } });
    expect(metadata!.labels).toEqual(manifest().metadata!.labels);
  });
});
