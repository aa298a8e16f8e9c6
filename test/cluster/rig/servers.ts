import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { plainEnvironment, startProcess, waitUntilReady, type OwnedProcess } from '@titrate/embedded-stack';
import { python } from './commands.ts';

/** One program of the rig, and how it shows that it works. */
export interface ServerPlan {
  readonly name: string;
  readonly command: readonly string[];
  /** Whether it works; asked again and again until it does. A program without it counts as working at once. */
  readonly ready?: () => Promise<boolean>;
  /** Whether the command starts the program as a child, as `nsenter --pid` does; signals then go to the child. */
  readonly isChild?: boolean;
}

interface Running {
  readonly plan: ServerPlan;
  owned: OwnedProcess;
}

/** The programs of a rig, tied to this process, with their logs in one folder. */
export class Servers {
  readonly #folder: string;
  readonly #running = new Map<string, Running>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Starts a program and waits until it works. @throws StartFailed with the end of its log */
  async start(plan: ServerPlan): Promise<void> {
    this.#running.set(plan.name, { plan, owned: await this.#launch(plan) });
  }

  /** Ends a program in order; harmless when it is not there. */
  async stop(name: string): Promise<void> {
    const running = this.#running.get(name);
    this.#running.delete(name);
    if (running !== undefined) await end(running);
  }

  /** Ends all, the last started first. */
  async stopAll(): Promise<void> {
    for (const name of [...this.#running.keys()].reverse()) await this.stop(name);
  }

  /** Kills a program without warning, leaves it dead for so long, and starts it again. Resolves when it works again. */
  async outage(name: string, seconds: number): Promise<void> {
    const running = this.#get(name);
    process.kill(pidOf(running), 'SIGKILL');
    await running.owned.ended;
    await sleep(seconds * 1_000);
    // Stopped meanwhile: then it stays down.
    if (this.#running.get(name) === running) running.owned = await this.#launch(running.plan);
  }

  /** Stops a program in its tracks, as a machine that hangs, and lets it go on after so long. */
  async freeze(name: string, seconds: number): Promise<void> {
    const pid = pidOf(this.#get(name));
    process.kill(pid, 'SIGSTOP');
    await sleep(seconds * 1_000);
    process.kill(pid, 'SIGCONT');
  }

  #get(name: string): Running {
    const running = this.#running.get(name);
    if (running !== undefined) return running;
    throw new Error(`Cannot disturb a program as it must be one of ${[...this.#running.keys()].join(', ')}: current value is ${name}`);
  }

  async #launch(plan: ServerPlan): Promise<OwnedProcess> {
    const owned = await startProcess({
      name: plan.name,
      python,
      command: plan.command as [string, ...string[]],
      workingDirectory: this.#folder,
      logFile: join(this.#folder, 'logs', `${plan.name}.log`),
      environment: plainEnvironment({ HOME: this.#folder }),
    });
    if (plan.ready !== undefined) await waitUntilReady(owned, plan.ready, 120_000);
    return owned;
  }
}

/** The program's own pid, as this process sees it. @throws Error when it does not run */
function pidOf(running: Running): number {
  const pid = running.plan.isChild === true ? childOf(running.owned.pid) : running.owned.pid;
  if (pid !== null && running.owned.end() === null) return pid;
  throw new Error(`Cannot disturb ${running.plan.name} as it must run: it does not`);
}

/** The first child of a process; null when there is none, or the process itself has ended. */
function childOf(pid: number): number | null {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return children === '' ? null : Number(children.split(' ')[0]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function end({ plan, owned }: Running): Promise<void> {
  const child = plan.isChild === true && owned.end() === null ? childOf(owned.pid) : null;
  if (child !== null) {
    process.kill(child, 'SIGTERM');
    await Promise.race([owned.ended, sleep(10_000, undefined, { ref: false })]);
  }
  await owned.stop();
}
