import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Attempt, Run, RunLogEntry } from '@titrate/contracts';
import { smallSpec } from '../e2e/laboratory.ts';
import { openClusterLaboratory, type ClusterLaboratory } from './cluster-laboratory.ts';
import { describeOnRealNode, kubectl } from './rig/cluster-under-test.ts';

const MINUTES = 60_000;

/** Plays Kueue's part on plain Jobs, as it was observed on a real one: admits what is suspended, but for what it holds back. */
class Queue {
  readonly #namespace: string;
  readonly #held = new Set<string>();
  #isOpen = true;
  readonly #work: Promise<void>;

  constructor(namespace: string) {
    this.#namespace = namespace;
    this.#work = this.#admitOn();
  }

  /** Takes a Job back, as a preemption does: its pods go, and it waits until `admit`. */
  async evict(job: string): Promise<void> {
    this.#held.add(job);
    await this.#suspend(job, true);
  }

  admit(job: string): void {
    this.#held.delete(job);
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    await this.#work;
  }

  async #admitOn(): Promise<void> {
    while (this.#isOpen) {
      const path = 'jsonpath={range .items[?(@.spec.suspend==true)]}{.metadata.name}{"\\n"}{end}';
      const list = ['get', 'jobs', '--namespace', this.#namespace, '--selector', 'kueue.x-k8s.io/queue-name=trials', '--output', path];
      const waiting = (await kubectl(list)).split('\n').filter((name) => name !== '' && !this.#held.has(name));
      for (const job of waiting) await this.#suspend(job, false);
      await sleep(500);
    }
  }

  async #suspend(job: string, suspend: boolean): Promise<void> {
    const patch = JSON.stringify({ spec: { suspend } });
    await kubectl(['patch', 'job', job, '--namespace', this.#namespace, '--type', 'merge', '--patch', patch]);
  }
}

describeOnRealNode('a run whose jobs wait in a queue', () => {
  let lab: ClusterLaboratory;
  let queue: Queue;
  beforeAll(async () => {
    lab = await openClusterLaboratory({}, {}, { name: 'trials', priorityClass: null });
    queue = new Queue(lab.namespace);
    await lab.addCorpus();
  }, 5 * MINUTES);
  afterAll(async () => {
    await queue.close();
    await lab.close();
  }, MINUTES);

  it(
    'goes on from its checkpoint when its Job was evicted and admitted again, as the same attempt',
    async () => {
      const checkpoints = { evaluate: { shares: [1] }, resume: { everySteps: 100 } };
      const { sweep } = await lab.client.submitSweep(smallSpec({ name: 'queued', doses: [6], steps: 2000, checkpoints }));
      const { id } = (await lab.client.listSweepRuns({ id: sweep.id, limit: 10 })).items[0] as Run;
      const countOf = async (kind: RunLogEntry['kind']): Promise<number> =>
        (await lab.log(id)).filter((entry) => entry.kind === kind).length;
      const attempts = async (): Promise<Attempt[]> => (await lab.client.listRunAttempts({ id, limit: 10 })).items as Attempt[];

      await lab.eventually('a checkpoint is committed', async () => (await countOf('checkpoint')) > 0, 3 * MINUTES);
      const [{ job = '' } = {}] = await attempts();
      await queue.evict(job);
      await lab.eventually('the pods are gone', async () => (await lab.podsOf(job)).length === 0);
      expect((await lab.client.getRun({ id })).state).toBe('running');
      queue.admit(job);

      const done = await lab.until(sweep.id, ['finished', 'failed'], 6 * MINUTES);
      expect(done).toMatchObject({ state: 'finished', evaluations: { succeeded: 1 } });
      expect(await attempts()).toMatchObject([{ number: 1, state: 'succeeded', job }]);
      expect(await countOf('started')).toBe(2);
      const last = (await lab.log(id)).findLast((entry) => entry.kind === 'started')!;
      expect(last.resumedStep).toBeGreaterThan(0);
      const [finished] = (await lab.log(id)).filter((entry) => entry.kind === 'finished');
      expect(finished).toMatchObject({ poisonDocuments: 6, steps: 2000 });
    },
    12 * MINUTES,
  );
});
