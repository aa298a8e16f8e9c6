import { randomBytes } from 'node:crypto';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from '@jest/globals';
import {
  defaultFailureRules,
  type Attempt,
  type FailureRule,
  type Run,
  type RunLogEntry,
  type Sweep,
  type SweepSpecInput,
} from '@titrate/contracts';
import { smallSpec } from '../../e2e/laboratory.ts';
import { openClusterLaboratory, smallProfile, type ClusterLaboratory } from '../cluster-laboratory.ts';
import { kubectl } from '../rig/cluster-under-test.ts';
import { python } from '../rig/commands.ts';
import { FAKE_NODE_TAINT, HOLD } from '../rig/kwok.ts';
import { changeNewPods } from '../rig/pod-policy.ts';
import { PooledKubeConfig } from '../scale/pooled-kubeconfig.ts';
import { startSimulatedTrainers, type SimulatedTrainers } from '../scale/trainers/simulated-trainers.ts';
import type { Told } from '../scale/trainers/telling.ts';
import { makePool, POOL_LABEL, type Pool } from './pool.ts';

export const MINUTES = 60_000;

/** An image that nobody has; pods of the profile `lost-image` are given it until `restoreImage`. */
export const LOST_IMAGE = 'localhost/titrate-rig/nothing:1';
const LOSES_IMAGE = 'titrate.dev/loses-image';

/** Parameters of the small model, with embeddings: what is larger is evaluated on fake nodes. */
const SMALL_PARAMETERS = 37_000;

/** A run whose training has committed a checkpoint. */
export interface UnderWay {
  readonly sweep: string;
  readonly run: string;
  readonly job: string;
  readonly pod: string;
}

/** A control plane whose runs are to meet faults, on the real node and on fake ones with GPUs. */
export interface FaultLaboratory extends ClusterLaboratory {
  readonly pool: Pool;
  readonly trainers: SimulatedTrainers;
  /** Submits a sweep of one run. */
  submit(spec: SweepSpecInput): Promise<{ sweep: string; run: string }>;
  /** Submits, and waits until the first attempt has committed a checkpoint. */
  untilUnderWay(spec: SweepSpecInput): Promise<UnderWay>;
  attemptsOf(run: string): Promise<Attempt[]>;
  /** Waits for the end of a sweep of one run, and returns it with the run's attempts. */
  ended(sweep: string, run: string): Promise<{ sweep: Sweep; attempts: Attempt[] }>;
  /** Waits for a good end: finished once, each step committed once and in order, each evaluation made once. */
  expectWholeRun(sweep: string, run: string, evaluations?: number): Promise<Attempt[]>;
  /** The image that pods of the profile `lost-image` lack is there again. */
  restoreImage(): Promise<void>;
  /** Runs `titrate` as its own process and returns what it prints. */
  titrate(...words: string[]): Promise<string>;
}

export const countOf = (log: RunLogEntry[], kind: RunLogEntry['kind']): number => log.filter((entry) => entry.kind === kind).length;

/** A training of six seconds or so on an idle machine, with a checkpoint to resume from every 100 steps; each seed is a run of its own. */
export const longSpec = (name: string, seed: number, overrides: Partial<SweepSpecInput> & { steps?: number } = {}): SweepSpecInput =>
  smallSpec({
    name,
    cellSeeds: [seed],
    doses: [6],
    steps: 700,
    checkpoints: { evaluate: { shares: [1] }, resume: { everySteps: 100 } },
    ...overrides,
  });

/** The same with a model that is large enough to be evaluated on fake nodes, which costs the machine nothing. */
export function lightSpec(name: string, seed: number, overrides: Partial<SweepSpecInput> = {}): SweepSpecInput {
  const spec = longSpec(name, seed, overrides);
  const [size] = spec.grid.sizes as Exclude<NonNullable<SweepSpecInput['grid']['sizes']>[number], string>[];
  const shape = { ...size!.shape, feedForwardWidth: 128 };
  return { ...spec, grid: { ...spec.grid, sizes: [{ ...size!, name: 'light', shape }] } };
}

/** No rule makes a test wait, and the only real node is not left out after a failure on it. */
function failureRules(): Record<string, FailureRule> {
  const quick = Object.entries(defaultFailureRules).map(([name, rule]) => [
    name,
    { ...rule, backOffSeconds: Math.min(1, rule.backOffSeconds) },
  ]);
  return { ...Object.fromEntries(quick), hung: { ...defaultFailureRules.hung, retry: 'again' } };
}

function jobsOf({ name }: Pool) {
  // Only what keeps others away from fake nodes: a node that is drained or not ready takes none of these pods.
  const tolerations = [{ key: FAKE_NODE_TAINT.key, operator: 'Exists' as const }];
  const profiles = {
    small: smallProfile,
    train: smallProfile,
    'little-memory': { ...smallProfile, memory: '1Gi', sharedMemory: '1Gi' },
    'lost-image': { ...smallProfile, tolerations: [{ key: LOSES_IMAGE, operator: 'Exists' as const }], imageSeconds: 3 },
    'gpu-node': { ...smallProfile, gpusPerNode: 8, nodeSelector: { [POOL_LABEL]: name }, tolerations },
    'no-room': { ...smallProfile, gpusPerNode: 8, nodeSelector: { [POOL_LABEL]: `${name}-taken` }, tolerations, schedulingSeconds: 3 },
    simulated: { ...smallProfile, nodeSelector: { [POOL_LABEL]: `${name}-jobs` }, tolerations },
  };
  const evaluate = [{ upToParameters: SMALL_PARAMETERS, profile: 'small' }, { profile: 'simulated' }];
  return { profiles, assignment: { train: [{ profile: 'train' }], evaluate, corpus: 'small', analyse: 'simulated' } };
}

/** Starts all that the tests of faults share; analyses, evaluations of what is not small, and pods on fake nodes are simulated. */
export async function openFaultLaboratory(): Promise<FaultLaboratory> {
  const pool = await makePool(`faults-${randomBytes(3).toString('hex')}`);
  const lab = await openClusterLaboratory({}, { ...jobsOf(pool), failureRules: failureRules() });
  const letGo = await changeNewPods(`hold-${lab.namespace}`, lab.namespace, held, trialPod(), (pod) => pod.includes(HOLD));
  const restoreImage = await changeNewPods(`lose-${lab.namespace}`, lab.namespace, lost, trialPod(), (pod) => pod.includes(LOST_IMAGE));
  const told: Told[] = [];
  const kubeConfig = new PooledKubeConfig();
  kubeConfig.loadFromFile(process.env['TITRATE_TEST_KUBECONFIG'] ?? '');
  const trainers = await startSimulatedTrainers({
    ...{ kubeConfig, namespace: lab.namespace, store: lab.store, python, storeEnvironment: lab.stack.environment },
    ...{ trainSeconds: 10, evaluateSeconds: 1, tell: (what: Told) => void told.push(what) },
  });
  await lab.addCorpus();
  return {
    ...lab,
    ...questionsTo(lab, told),
    pool,
    trainers,
    restoreImage,
    async close() {
      await trainers.stop();
      await letGo();
      await pool.remove();
      await lab.close();
    },
  };
}

const held = { expression: `Object{metadata: Object.metadata{annotations: {"${HOLD}": "simulated"}}}` };
const lost = {
  expression: `Object{spec: Object.spec{containers: [Object.spec.containers{name: "trainer", image: "${LOST_IMAGE}"}]}}`,
  condition: `has(object.spec.tolerations) && object.spec.tolerations.exists(one, has(one.key) && one.key == "${LOSES_IMAGE}")`,
};

/** A pod that the namespace admits and that asks for all changes. */
function trialPod(): object {
  const allowed = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  const container = { name: 'trainer', image: 'trial', securityContext: allowed };
  const securityContext = { runAsNonRoot: true, runAsUser: 1, seccompProfile: { type: 'RuntimeDefault' } };
  const tolerations = [{ key: LOSES_IMAGE, operator: 'Exists' }];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'trial' }, spec: { containers: [container], securityContext, tolerations } };
}

const cli = fileURLToPath(new URL('../../../apps/cli/src/main.ts', import.meta.url));

function questionsTo(lab: ClusterLaboratory, told: readonly Told[]) {
  const { client, stack } = lab;
  const attemptsOf = async (run: string): Promise<Attempt[]> => (await client.listRunAttempts({ id: run, limit: 100 })).items as Attempt[];

  async function submit(spec: SweepSpecInput): Promise<{ sweep: string; run: string }> {
    const { sweep } = await client.submitSweep(spec);
    const runs = async () => (await client.listSweepRuns({ id: sweep.id, limit: 10 })).items as Run[];
    return { sweep: sweep.id, run: (await lab.eventually('the run is there', async () => (await runs())[0] ?? null)).id };
  }

  async function untilUnderWay(spec: SweepSpecInput): Promise<UnderWay> {
    const { sweep, run } = await submit(spec);
    await lab.eventually('a checkpoint is committed', async () => countOf(await lab.log(run), 'checkpoint') > 0, 6 * MINUTES);
    const [attempt] = await attemptsOf(run);
    const [pod = ''] = await lab.podsOf(attempt!.job);
    return { sweep, run, job: attempt!.job, pod };
  }

  async function ended(id: string, run: string): Promise<{ sweep: Sweep; attempts: Attempt[] }> {
    const sweep = await lab.until(id, ['finished', 'failed'], 12 * MINUTES).catch((cause: Error) => {
      const failed = told.filter(({ kind }) => kind === 'job-failed');
      throw new Error(`${cause.message} Simulated trainers that failed: ${JSON.stringify(failed)}`, { cause });
    });
    // The last results may be there before the job that left them is known to have ended.
    const isOver = (attempts: Attempt[]): boolean => attempts.every(({ endedAt }) => endedAt !== null);
    const settled = async () => await attemptsOf(run).then((attempts) => (isOver(attempts) ? attempts : null));
    return { sweep, attempts: await lab.eventually('all attempts have ended', settled) };
  }

  /** How often each evaluation of a run is said to have succeeded, in the ledger. */
  async function evaluationsOf(run: string): Promise<number> {
    let count = 0;
    for (let after = 0; ;) {
      const { items } = await client.listLedger({ after, limit: 1000 });
      count += items.filter(({ event }) => event.kind === 'evaluation.succeeded' && event.run === run).length;
      if (items.length < 1000) return count;
      after = items.at(-1)!.seq;
    }
  }

  async function expectWholeRun(id: string, run: string, evaluations = 1): Promise<Attempt[]> {
    const { sweep, attempts } = await ended(id, run);
    expect(sweep).toMatchObject({ state: 'finished', evaluations: { succeeded: evaluations } });
    const log = await lab.log(run);
    expect(countOf(log, 'finished')).toBe(1);
    const steps = log.flatMap((entry) => (entry.kind === 'checkpoint' ? [entry.checkpoint.step] : []));
    expect(steps).toEqual([...new Set(steps)].toSorted((a, b) => a - b));
    expect(await evaluationsOf(run)).toBe(evaluations);
    expect(told.filter((what) => what.kind === 'evaluated' && what.run === run && what.again)).toEqual([]);
    return attempts;
  }

  async function titrate(...words: string[]): Promise<string> {
    const env = { ...process.env, NODE_OPTIONS: '', TITRATE_SERVER: stack.apiUrl, TITRATE_TOKEN: stack.apiToken };
    return (await promisify(execFile)(process.execPath, [cli, ...words], { env })).stdout;
  }
  return { attemptsOf, submit, untilUnderWay, ended, expectWholeRun, titrate };
}

/** The node of a pod. */
export async function nodeOf(namespace: string, pod: string): Promise<string> {
  return await kubectl(['get', 'pod', pod, '--namespace', namespace, '--output', 'jsonpath={.spec.nodeName}']);
}
