import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createClient, type Client } from '@titrate/api-client';
import { createS3ArtifactStore } from '@titrate/artifact-store/s3';
import type { ArtifactStore } from '@titrate/artifact-store';
import {
  freePorts,
  plainEnvironment,
  startApi,
  startPostgres,
  startProcess,
  startSeaweedfs,
  startWorker,
  waitUntilReady,
  type Server,
} from '@titrate/embedded-stack';
import { openField, type Field } from './field.ts';
import { corpusRecipe, corpusText, jobConfiguration } from './specs.ts';
import { startTemporalOnPostgres } from './temporal-on-postgres.ts';
import { ensureTemporalPrograms } from './temporal-programs.ts';
import type { Told } from './trainers/telling.ts';
import { makeWorldFolder, type DATABASES } from './world-folder.ts';

const repositoryRoot = fileURLToPath(new URL('../../..', import.meta.url));
const python = process.env['TITRATE_PYTHON'] ?? join(repositoryRoot, 'apps/trainer/.venv/bin/python');

export interface WorldOptions {
  /** Path of a cluster administrator's kubeconfig. kwok plays its fake nodes. */
  readonly kubeconfig: string;
  /** Fake nodes, of eight GPUs each. */
  readonly nodes: number;
  /** How long a simulated training, and a simulated job of evaluations, take. */
  readonly trainSeconds: number;
  readonly evaluateSeconds: number;
  readonly say: (message: string) => void;
}

/** A whole control plane that runs its jobs on a cluster, with simulated trainers and the corpus `small`. */
export interface World {
  readonly client: Client;
  readonly store: ArtifactStore;
  readonly field: Field;
  readonly temporalAddress: string;
  /** Processes of this machine that the control plane consists of, by name, to their pids. */
  readonly processes: Readonly<Record<string, number>>;
  /** What the simulated trainers did so far. */
  told(): Told[];
  close(): Promise<void>;
}

/**
 * Starts PostgreSQL twice (records, and histories), SeaweedFS, Temporal on PostgreSQL, the API, the worker with the
 * Kubernetes launcher, and simulated trainers; then registers the corpus. What this process starts ends with it.
 */
export async function openWorld(options: WorldOptions): Promise<World> {
  const programs = await ensureTemporalPrograms(options.say);
  const folder = await makeWorldFolder();
  const directory = folder.path;
  const ends: (() => Promise<void> | void)[] = [() => folder.remove()];
  const close = async (): Promise<void> => {
    for (const end of ends.splice(0).toReversed()) await end();
  };
  const kept = <S extends Server>(server: S): S => {
    ends.push(() => server.stop());
    return server;
  };
  try {
    const startDatabase = async (name: (typeof DATABASES)[number]) =>
      kept(await startPostgres({ directory: join(directory, name), python, password: secret(), durable: true }));
    const [recordsDatabase, historiesDatabase] = [await startDatabase('records'), await startDatabase('histories')];
    const keys = { accessKeyId: secret(), secretAccessKey: secret() };
    const seaweedfs = kept(await startSeaweedfs({ directory: join(directory, 'seaweedfs'), python, keys }));
    const temporal = kept(
      await startTemporalOnPostgres({ directory: join(directory, 'temporal'), python, programs, postgresUrl: historiesDatabase.url }),
    );
    const field = await openField(options.kubeconfig, directory, options.nodes);
    ends.push(() => field.close());

    const bucket = 'titrate';
    const store = createS3ArtifactStore({ endpoint: seaweedfs.url, region: 'us-east-1', ...keys, bucket });
    await store.prepare();
    const storeEnvironment = {
      AWS_ENDPOINT_URL: seaweedfs.url,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      AWS_REGION: 'us-east-1',
      TITRATE_BUCKET: bucket,
    };
    const toldFile = join(directory, 'told.jsonl');
    const simulation = { kubeconfig: options.kubeconfig, namespace: field.namespace, python, store: storeEnvironment };
    const trainers = await startTrainers(toldFile, {
      ...simulation,
      trainSeconds: options.trainSeconds,
      evaluateSeconds: options.evaluateSeconds,
    });
    ends.push(() => trainers.stop());

    const { api: port } = await freePorts(['api']);
    const apiUrl = `http://127.0.0.1:${port}`;
    const token = secret();
    const jobsFile = join(directory, 'jobs.json');
    writeFileSync(jobsFile, JSON.stringify(jobConfiguration(field.namespace, seaweedfs.url)));
    const environment = {
      ...storeEnvironment,
      TITRATE_JOB_CONFIGURATION: jobsFile,
      TITRATE_POSTGRES_URL: recordsDatabase.url,
      TITRATE_TEMPORAL_ADDRESS: temporal.address,
      TITRATE_API_HOST: '127.0.0.1',
      TITRATE_API_PORT: String(port),
      TITRATE_API_TOKEN: token,
    };
    const logs = logsDirectory(directory);
    // The two are accounts of their own: what the worker asks of the cluster is counted apart.
    const forApi = { ...environment, ...profiling(), KUBECONFIG: options.kubeconfig };
    const forWorker = { ...environment, ...profiling(), KUBECONFIG: field.workerKubeconfig };
    const api = kept(await startApi({ python, logFile: join(logs, 'api.log'), environment: forApi }, apiUrl));
    const worker = kept(await startWorker({ python, logFile: join(logs, 'worker.log'), environment: forWorker }));
    const client = createClient({ server: apiUrl, token });
    await addCorpus(client);
    return {
      client,
      store,
      field,
      temporalAddress: temporal.address,
      processes: {
        API: api.pid,
        worker: worker.pid,
        Temporal: temporal.pid,
        'PostgreSQL (Temporal)': historiesDatabase.pid,
        'PostgreSQL (records)': recordsDatabase.pid,
        SeaweedFS: seaweedfs.pid,
        'simulated trainers': trainers.pid,
      },
      told: () => readTold(toldFile),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const secret = (): string => randomBytes(20).toString('hex');

/** Where TITRATE_SCALE_PROFILES names a folder, API and worker leave a profile of their CPU time there as they end. */
function profiling(): Record<string, string> {
  const folder = process.env['TITRATE_SCALE_PROFILES'];
  return folder === undefined ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder}` };
}

/** Logs of the apps are kept when TITRATE_SCALE_LOGS names a folder: the rest goes with the world. */
function logsDirectory(directory: string): string {
  const logs = process.env['TITRATE_SCALE_LOGS'] ?? join(directory, 'logs');
  mkdirSync(logs, { recursive: true });
  return logs;
}

async function startTrainers(toldFile: string, settings: object) {
  const trainers = await startProcess({
    name: 'the simulated trainers',
    python,
    command: [process.execPath, fileURLToPath(new URL('./trainers/main.ts', import.meta.url))],
    workingDirectory: repositoryRoot,
    logFile: toldFile,
    environment: plainEnvironment({ TITRATE_SIMULATION: JSON.stringify(settings) }),
  });
  await waitUntilReady(trainers, async () => readFileSync(toldFile, 'utf8').includes('"ready"'));
  return trainers;
}

/** The last line may still be on its way. */
function readTold(file: string): Told[] {
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.filter((line) => line.startsWith('{"kind"')).map((line) => JSON.parse(line) as Told);
}

async function addCorpus(client: Client): Promise<void> {
  const object = await client.uploadObject(new TextEncoder().encode(corpusText()));
  await client.registerCorpus({ body: { recipe: corpusRecipe, source: { kind: 'uploads', files: [{ name: 'small.txt', object }] } } });
  const deadline = Date.now() + 120_000;
  for (;;) {
    const { state, reason } = await client.getCorpus({ nameOrDigest: corpusRecipe.name });
    if (state === 'ready') return;
    if (state === 'failed' || Date.now() > deadline) throw new Error(`Cannot go on as the corpus must become ready: ${reason ?? state}`);
    await sleep(200);
  }
}
