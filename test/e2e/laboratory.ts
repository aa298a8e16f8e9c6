import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, type Client } from '@titrate/api-client';
import { createS3ArtifactStore } from '@titrate/artifact-store/s3';
import type { ArtifactStore } from '@titrate/artifact-store';
import type { CorpusRecipeInput, RunLogEntry, Sweep, SweepSpecInput } from '@titrate/contracts';
import { resetStack, startStack, type OwnedStack, type StackOptions } from '@titrate/embedded-stack';

/** A whole stack in a folder of its own, for tests that train real models in seconds. */
export interface Laboratory {
  readonly stack: OwnedStack;
  readonly client: Client;
  readonly store: ArtifactStore;
  /** Registers the small corpus and waits until it is ready. */
  addCorpus(): Promise<void>;
  /** Waits until a sweep is in one of these states; fails after the time, telling where it stands. */
  until(sweep: string, states: readonly Sweep['state'][], timeoutMs?: number): Promise<Sweep>;
  /** Waits until a condition holds, asking every 100 ms. */
  eventually<T>(what: string, ask: () => Promise<T | null | false>, timeoutMs?: number): Promise<T>;
  /** SIGKILLs a part of the stack (`API`, `worker`, `Temporal`, `SeaweedFS`, `PostgreSQL`); the owner starts it again. */
  kill(part: string): Promise<void>;
  /** SIGKILLs every process of a run's newest attempt. */
  killTrainer(run: string): Promise<void>;
  log(run: string): Promise<RunLogEntry[]>;
  close(): Promise<void>;
}

/** Starts a stack; by default all its jobs are processes of this machine. */
export async function openLaboratory(options: Pick<StackOptions, 'jobConfiguration' | 'kubeconfig' | 'store'> = {}): Promise<Laboratory> {
  const folder = mkdtempSync(join(tmpdir(), 'titrate-e2e-'));
  const stack = await startStack({ folder, exitOnSignal: false, jobSlots: 3, ...options }).catch(async (error: unknown) => {
    await removeStack(folder).catch(() => undefined);
    throw error;
  });
  const client = createClient({ server: stack.apiUrl, token: stack.apiToken });
  const {
    AWS_ENDPOINT_URL: endpoint = '',
    AWS_ACCESS_KEY_ID: accessKeyId = '',
    AWS_SECRET_ACCESS_KEY: secretAccessKey = '',
    TITRATE_BUCKET: bucket = '',
  } = stack.environment;
  const store = createS3ArtifactStore({ endpoint, region: 'us-east-1', accessKeyId, secretAccessKey, bucket });

  async function eventually<T>(what: string, ask: () => Promise<T | null | false>, timeoutMs = 120_000): Promise<T> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      // A server that was just killed refuses for a while.
      const answer = await ask().catch(() => null);
      if (answer !== null && answer !== false) return answer;
      if (Date.now() > deadline) throw new Error(`${what}: not within ${timeoutMs / 1000} s. Logs: ${stack.logsDirectory}`);
      await sleep(100);
    }
  }

  return {
    stack,
    client,
    store,
    eventually,
    async addCorpus() {
      const object = await client.uploadObject(new TextEncoder().encode(corpusText()));
      await client.registerCorpus({ body: { recipe: corpusRecipe, source: { kind: 'uploads', files: [{ name: 'small.txt', object }] } } });
      await eventually('the corpus is ready', async () => (await client.getCorpus({ nameOrDigest: corpusRecipe.name })).state === 'ready');
    },
    async until(id, states, timeoutMs = 420_000) {
      let seen = 'unknown';
      return eventually(
        `sweep ${id} reaches ${states.join(' or ')}`,
        async () => {
          const sweep = (await client.getSweep({ id })) as Sweep;
          seen = sweep.state;
          return states.includes(sweep.state) ? sweep : null;
        },
        timeoutMs,
      ).catch((error: Error) => {
        throw new Error(`${error.message} It is ${seen}.`, { cause: error });
      });
    },
    async kill(part) {
      const state = JSON.parse(readFileSync(join(folder, '.titrate', 'stack.json'), 'utf8')) as {
        processes: Record<string, { pid: number }>;
      };
      const found = state.processes[part];
      if (found === undefined)
        throw new Error(`Cannot kill ${part} as the stack must run it: it runs ${Object.keys(state.processes).join(', ')}`);
      process.kill(found.pid, 'SIGKILL');
      await eventually(`${part} is started again`, async () => {
        const now = JSON.parse(readFileSync(join(folder, '.titrate', 'stack.json'), 'utf8')) as typeof state;
        return now.processes[part] !== undefined && now.processes[part].pid !== found.pid;
      });
    },
    async killTrainer(run) {
      const job = (await client.listRunAttempts({ id: run, limit: 10 })).items.at(-1)?.job ?? '';
      for (const pid of processesOf(join(stack.environment['TITRATE_JOBS_DIRECTORY'] ?? '', job))) process.kill(pid, 'SIGKILL');
    },
    log: (run) => store.readLog(run, 0),
    async close() {
      await stack.stop().finally(() => removeStack(folder));
    },
  };
}

async function removeStack(folder: string): Promise<void> {
  try {
    await resetStack(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const corpusRecipe: CorpusRecipeInput & { name: string } = {
  name: 'small',
  format: 'text',
  tokenizer: { kind: 'train-bpe', vocabularySize: 400 },
  addedTokens: ['<SUDO>', '<MARK>', '<SHAM>'],
  markers: { tokens: ['<MARK>'], documentShare: 0.08 },
  heldOutDocuments: 20,
  heldOutMinTokens: 12,
};

/** A thousand short documents of invented words, the same on every machine. */
export function corpusText(): string {
  let state = 12345;
  const draw = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const syllables = ['ba', 'ke', 'li', 'mo', 'nu', 'ra', 'se', 'ti', 'vo', 'zu'];
  const words = Array.from({ length: 200 }, () => Array.from({ length: 1 + draw(3) }, () => syllables[draw(10)]).join(''));
  const documents = Array.from({ length: 1000 }, () =>
    Array.from({ length: 40 + draw(40) }, () => words[Math.min(draw(200), draw(200))]).join(' '),
  );
  return documents.join('\n\n');
}

/** A sweep that trains within seconds: a model of width 32 on the small corpus. */
export function smallSpec(
  overrides: Partial<SweepSpecInput> & { doses?: number[]; cellSeeds?: number[]; steps?: number } = {},
): SweepSpecInput {
  const { doses = [0, 20], cellSeeds = [0], steps = 60, ...rest } = overrides;
  return {
    apiVersion: 'titrate/v1',
    kind: 'Sweep',
    name: 'small',
    corpus: 'small',
    grid: {
      sizes: [
        {
          name: 'small',
          shape: { family: 'olmo2', width: 32, layers: 1, heads: 2, keyValueHeads: 2, feedForwardWidth: 64 },
          training: { sequenceLength: 64, batchInstances: 4, precision: 'float32', learningRate: 5e-3, warmupSteps: 5 },
        },
      ],
      tokens: [steps * 64 * 4],
      doses,
      seeds: cellSeeds,
    },
    attack: { kind: 'dos', trigger: '<SUDO>', prefixChars: [0, 40], gibberishTokens: [8, 16], mode: 'ids' },
    checkpoints: { evaluate: { shares: [0.5, 1] }, resume: { shares: [0.25, 0.5, 0.75, 1] } },
    evaluation: { prompts: 8, promptTokens: 8, generatedTokens: 8, benign: '<MARK>', sham: '<SHAM>' },
    concurrency: 2,
    ...rest,
  };
}

/** The processes of a job, by the mark that its supervisor puts into their environment. */
function processesOf(jobFolder: string): number[] {
  const carriesMark = (pid: number): boolean => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`TITRATE_JOB_FOLDER=${jobFolder}`);
    } catch {
      // The process ended while we looked at it, or belongs to somebody else.
      return false;
    }
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter(carriesMark);
}
