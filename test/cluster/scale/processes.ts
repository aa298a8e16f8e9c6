import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks in a second, as the kernel counts them for every program (USER_HZ). */
const TICKS_PER_SECOND = 100;

interface Stat {
  readonly parent: number;
  /** Of the process and of its children that have ended and were waited for. */
  readonly cpuSeconds: number;
}

/** CPU-seconds that a process and all its descendants have used, those that have ended included. 0 for a process that is gone. */
export function cpuSecondsOf(pid: number): number {
  const all = readAll();
  const children = Map.groupBy(all, ([, { parent }]) => parent);
  const sum = (id: number): number =>
    (all.get(id)?.cpuSeconds ?? 0) + (children.get(id) ?? []).reduce((total, [child]) => total + sum(child), 0);
  return sum(pid);
}

/** The most memory that a process ever held, in bytes: VmHWM. */
export function peakMemoryOf(pid: number): number {
  const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (found === null) throw new Error(`Cannot tell the memory of process ${pid} as its status must name VmHWM`);
  return Number(found[1]) * 1024;
}

function readAll(): Map<number, Stat> {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return new Map(
    ids.flatMap((id) => {
      const stat = readStat(id);
      return stat === null ? [] : [[Number(id), stat] as const];
    }),
  );
}

/** proc(5): behind the name, which may hold anything up to its last parenthesis, field 3 is the state and 4 the parent. */
function readStat(id: string): Stat | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${id}/stat`, 'utf8');
  } catch {
    // It ended between the list and the look.
    return null;
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const number = (field: number) => Number(fields[field - 3]);
  return { parent: number(4), cpuSeconds: (number(14) + number(15) + number(16) + number(17)) / TICKS_PER_SECOND };
}
