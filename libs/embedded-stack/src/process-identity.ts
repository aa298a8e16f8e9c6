import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { z } from 'zod';

/** A process, told apart from a later one with the same pid by its start time. */
export const ProcessIdentity = z.strictObject({
  pid: z.int().positive(),
  startTime: z.string().meta({ description: 'clock ticks between boot and start, field 22 of /proc/PID/stat' }),
});
export type ProcessIdentity = z.infer<typeof ProcessIdentity>;

/** Reads a file of /proc; null when the process is gone or belongs to somebody else. */
function readProc<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM') return null;
    throw error;
  }
}

/** Who runs under a pid now; null when nobody does, or only a zombie. */
export function identify(pid: number): ProcessIdentity | null {
  const stat = readProc(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (stat === null) return null;
  // The program's name stands in brackets and may hold anything, so count from the last bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? null : { pid, startTime: fields[19] as string };
}

/** Whether exactly this process still runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.startTime === identity.startTime;
}

/** Processes that work inside a folder or name it on their command line: a stack's jobs and their supervisors. */
export function processesOf(folder: string): ProcessIdentity[] {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  return pids.filter((pid) => pid !== process.pid && belongsTo(pid, folder)).flatMap((pid) => identify(pid) ?? []);
}

function belongsTo(pid: number, folder: string): boolean {
  const directory = readProc(() => readlinkSync(`/proc/${pid}/cwd`)) ?? '';
  if (directory === folder || directory.startsWith(`${folder}/`)) return true;
  const command = readProc(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ?? '';
  return command.split('\0').some((argument) => argument === folder || argument.startsWith(`${folder}/`));
}

/** Sends a signal to processes; those that are gone meanwhile are what is wanted. */
export function signalAll(processes: readonly ProcessIdentity[], signal: NodeJS.Signals): void {
  for (const identity of processes.filter(isAlive)) {
    try {
      process.kill(identity.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/** Asks processes to end, and kills those that have not after the grace. Resolves when all are gone. */
export async function endAll(processes: readonly ProcessIdentity[], graceMs: number): Promise<void> {
  signalAll(processes, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (processes.some(isAlive)) {
    if (Date.now() > deadline) signalAll(processes, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
