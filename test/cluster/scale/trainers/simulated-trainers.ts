import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import {
  CoreV1Api,
  makeInformer,
  type ObjectCache,
  PatchStrategy,
  setHeaderOptions,
  type KubeConfig,
  type V1Pod,
} from '@kubernetes/client-node';
import type { ArtifactStore } from '@titrate/artifact-store';
import { exitCodes, JobDocument } from '@titrate/contracts';
import { simulateAnalysis } from './analysis.ts';
import { Fenced } from './attempt-log.ts';
import { makeCorpus } from './corpus.ts';
import { simulateEvaluation } from './evaluation.ts';
import type { Tell } from './telling.ts';
import { simulateTraining, type Simulation } from './training.ts';

/** Pods of Titrate's jobs, of whichever run. */
const OURS = 'app.kubernetes.io/managed-by=titrate';
const JOB_NAME = 'batch.kubernetes.io/job-name';
const FAKE_NODE = 'kwok.x-k8s.io/node';
/** As Python ends with an exception that nobody caught. */
const CRASHED = 1;
/** Times that a busy API server is asked the same. */
const PATIENCE = 8;

export interface SimulatedTrainersOptions {
  readonly kubeConfig: KubeConfig;
  readonly namespace: string;
  readonly store: ArtifactStore;
  /** How long a training, and a job of evaluations, take. */
  readonly trainSeconds: number;
  readonly evaluateSeconds: number;
  /** For corpus jobs, which the real trainer does: its Python, and how it gets into the store. */
  readonly python: string;
  readonly storeEnvironment: Readonly<Record<string, string>>;
  readonly tell: Tell;
}

/** Trainers at work. */
export interface SimulatedTrainers {
  /** Stops all; jobs that are under way stay as they are. */
  stop(): Promise<void>;
  /** Ends what runs on a node, as when the machine is gone: nobody tells of it. */
  lose(node: string): void;
}

/**
 * Does what the trainer would do in pods that have no process: those of kwok's nodes. Each pod that runs is given its job's
 * document; what the job would leave in the store is left there; then the pods of the job succeed, or fail as theirs would.
 */
export async function startSimulatedTrainers(options: SimulatedTrainersOptions): Promise<SimulatedTrainers> {
  const api = options.kubeConfig.makeApiClient(CoreV1Api);
  const fake = await fakeNodes(api);
  const working = new Map<string, { readonly abort: AbortController; readonly node: string }>();
  const list = () => api.listNamespacedPod({ namespace: options.namespace, labelSelector: OURS });
  const pods = makeInformer(options.kubeConfig, `/api/v1/namespaces/${options.namespace}/pods`, list, OURS);

  const look = (pod: V1Pod): void => {
    const uid = pod.metadata?.uid ?? '';
    const node = pod.spec?.nodeName ?? '';
    if (pod.metadata?.deletionTimestamp !== undefined) working.get(uid)?.abort.abort();
    else if (isFirst(pod) && pod.status?.phase === 'Running' && fake.has(node) && !working.has(uid)) {
      const abort = new AbortController();
      working.set(uid, { abort, node });
      void work(options, api, pod, () => podsOf(pods, pod), abort.signal);
    }
  };
  pods.on('add', look);
  pods.on('update', look);
  pods.on('delete', (pod) => working.get(pod.metadata?.uid ?? '')?.abort.abort());
  let isOver = false;
  // A watch ends now and then, when the server restarts say: it is begun again.
  pods.on('error', () => setTimeout(() => void (isOver ? null : pods.start()), 500));
  await pods.start();
  return {
    async stop() {
      isOver = true;
      await pods.stop();
      for (const { abort } of working.values()) abort.abort();
    },
    lose(node) {
      for (const one of working.values()) if (one.node === node) one.abort.abort();
    },
  };
}

async function fakeNodes(api: CoreV1Api): Promise<Set<string>> {
  const { items } = await api.listNode();
  return new Set(items.filter(({ metadata }) => metadata?.annotations?.[FAKE_NODE] === 'fake').map(({ metadata }) => metadata?.name ?? ''));
}

/** Of several pods of a job one works, as rank 0 alone writes to the store. */
const isFirst = ({ metadata }: V1Pod): boolean => (metadata?.labels?.['batch.kubernetes.io/job-completion-index'] ?? '0') === '0';

/** All pods of the same job. */
const podsOf = (pods: ObjectCache<V1Pod>, { metadata }: V1Pod): V1Pod[] =>
  pods.list(metadata?.namespace).filter((other) => other.metadata?.labels?.[JOB_NAME] === metadata?.labels?.[JOB_NAME]);

async function work(options: SimulatedTrainersOptions, api: CoreV1Api, pod: V1Pod, all: () => V1Pod[], signal: AbortSignal): Promise<void> {
  const job = pod.metadata?.labels?.[JOB_NAME] ?? '';
  const { tell } = options;
  const now = () => new Date().toISOString();
  try {
    tell({ kind: 'job-started', job, at: now() });
    const exitCode = await exitCodeOf(simulate(options, await documentOf(api, options.namespace, job, signal), pod, signal));
    tell({ kind: 'job-ended', job, at: now() });
    await endPods(api, all(), exitCode);
  } catch (error) {
    // A pod that went away takes its simulation with it; anything else must be seen, and ends its pods as a trainer's crash would.
    if (signal.aborted) return;
    tell({ kind: 'job-failed', job, at: now(), reason: (error as Error).message });
    await endPods(api, all(), CRASHED).catch((again: Error) => tell({ kind: 'job-failed', job, at: now(), reason: again.message }));
  }
}

async function exitCodeOf(simulation: Promise<void>): Promise<number> {
  try {
    await simulation;
    return exitCodes.succeeded;
  } catch (error) {
    if (error instanceof Fenced) return exitCodes.fenced;
    throw error;
  }
}

/** The document is in a Secret that is made after the Job: pods wait for it, and so does the simulation. */
async function documentOf(api: CoreV1Api, namespace: string, name: string, signal: AbortSignal): Promise<JobDocument> {
  for (;;) {
    try {
      const secret = await patiently(() => api.readNamespacedSecret({ namespace, name }));
      return JobDocument.parse(JSON.parse(textOf(Buffer.from(secret.data?.['job.json'] ?? '', 'base64'))));
    } catch (error) {
      if ((error as { code?: number }).code !== 404) throw error;
      await sleep(500, undefined, { signal });
    }
  }
}

/** Long documents are compressed in their Secret. */
function textOf(bytes: Buffer): string {
  const isCompressed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return (isCompressed ? gunzipSync(bytes) : bytes).toString();
}

function simulate(options: SimulatedTrainersOptions, job: JobDocument, pod: V1Pod, signal: AbortSignal): Promise<void> {
  const simulation = (seconds: number): Simulation => ({
    store: options.store,
    pod: pod.metadata?.name ?? '',
    seconds: seconds * spread(job.name),
    signal,
    tell: options.tell,
  });
  switch (job.kind) {
    case 'train':
      return simulateTraining(job, simulation(options.trainSeconds));
    case 'evaluate':
      return simulateEvaluation(job, simulation(options.evaluateSeconds));
    case 'analyse':
      return simulateAnalysis(job, options.store);
    case 'corpus':
    case 'base':
    case 'gate':
      return makeCorpus(job, options.python, options.storeEnvironment);
  }
}

/** Between 0.9 and 1.1, by the job's name: jobs that all end at once would be a load that no cluster sees. */
function spread(name: string): number {
  const sum = [...name].reduce((total, letter) => (total * 31 + letter.charCodeAt(0)) % 1000, 7);
  return 0.9 + (0.2 * sum) / 1000;
}

/** Ends every pod of a job as a kubelet would tell it. */
async function endPods(api: CoreV1Api, pods: readonly V1Pod[], exitCode: number): Promise<void> {
  for (const pod of pods) {
    const finishedAt = new Date().toISOString();
    const terminated = {
      exitCode,
      reason: exitCode === 0 ? 'Completed' : 'Error',
      startedAt: pod.status?.startTime ?? finishedAt,
      finishedAt,
    };
    const containerStatuses = (pod.spec?.containers ?? []).map(({ name, image }) => ({
      ...{ name, image, imageID: '', ready: false, started: false, restartCount: 0 },
      state: { terminated },
    }));
    const body = { status: { phase: exitCode === 0 ? 'Succeeded' : 'Failed', containerStatuses } };
    await patiently(() =>
      api.patchNamespacedPodStatus(
        { namespace: pod.metadata?.namespace ?? '', name: pod.metadata?.name ?? '', body },
        setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
      ),
    );
  }
}

/** A kubelet asks again when the API server is too busy to answer, and so does who plays one; a refusal stands. */
async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (let asked = 1; ; asked++) {
    try {
      return await call();
    } catch (error) {
      const { code = 0 } = error as { code?: number };
      const isRefused = code >= 400 && code < 500 && code !== 429;
      if (isRefused || asked === PATIENCE) throw error;
      await sleep(250 * 2 ** asked);
    }
  }
}
