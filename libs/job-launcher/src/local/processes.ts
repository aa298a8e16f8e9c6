import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process, named for good: a pid is given again, a pid with its start time (clock ticks since boot) is not. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: number;
}

/** When the process started; null when it is gone or a zombie. */
export function startTimeOf(pid: number): number | null {
  const stat = readProc(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // The command's name stands in brackets and may hold blanks and brackets itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return 'ZX'.includes(fields[0]!) ? null : Number(fields[19]);
}

/** Whether this very process lives. */
export function isAlive({ pid, startTime }: ProcessIdentity): boolean {
  return startTimeOf(pid) === startTime;
}

/** Kills this very process if it lives. */
export function kill(process_: ProcessIdentity): void {
  if (isAlive(process_)) sendKill(process_.pid);
}

/** Living processes that were started with `NAME=value` in their environment: all of a job, wherever they hang in the tree. */
export function carriersOf(variable: string): number[] {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  return pids.filter((pid) => readProc(`/proc/${pid}/environ`)?.split('\0').includes(variable) && startTimeOf(pid) !== null);
}

/** Kills every carrier until two looks in a row find none: one that forks while it is looked at shows in the second. */
export async function killCarriers(variable: string): Promise<void> {
  for (let clean = 0; clean < 2;) {
    const found = carriersOf(variable);
    found.forEach(sendKill);
    clean = found.length > 0 ? 0 : clean + 1;
    await sleep(20);
  }
}

function sendKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Text of a file in /proc, which needs no disk; null when the process is gone, or another user's and so none of ours. */
function readProc(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}
