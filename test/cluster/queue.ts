import { setTimeout as sleep } from 'node:timers/promises';
import { kubectl } from './rig/cluster-under-test.ts';

/** Plays Kueue's part on plain Jobs, as it was observed on a real one: admits what is suspended, but for what it holds back. */
export class Queue {
  readonly #namespace: string;
  readonly #name: string;
  readonly #held = new Set<string>();
  #isOpen = true;
  readonly #work: Promise<void>;

  /** Admits from now on what waits under the queue's name in a namespace. */
  constructor(namespace: string, name: string) {
    this.#namespace = namespace;
    this.#name = name;
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
    const path = 'jsonpath={range .items[?(@.spec.suspend==true)]}{.metadata.name}{"\\n"}{end}';
    const ofQueue = ['--namespace', this.#namespace, '--selector', `kueue.x-k8s.io/queue-name=${this.#name}`];
    while (this.#isOpen) {
      const waiting = (await kubectl(['get', 'jobs', ...ofQueue, '--output', path])).split('\n').filter((name) => name !== '');
      for (const job of waiting) if (!this.#held.has(job)) await this.#suspend(job, false);
      await sleep(1_000);
    }
  }

  async #suspend(job: string, suspend: boolean): Promise<void> {
    const patch = JSON.stringify({ spec: { suspend } });
    await kubectl(['patch', 'job', job, '--namespace', this.#namespace, '--type', 'merge', '--patch', patch]);
  }
}
