import { readdirSync, readFileSync } from 'node:fs';
import { gigabytes } from './platform.mjs';

/** Fewer bytes in a look are uv's own notes, not packages. */
const UNPACKING_BYTES = 1e6;

/**
 * Tells what uv is doing, by what the kernel knows of it: it writes while it downloads and unpacks, has Python processes while it
 * compiles, and does neither while it reads its lock file and links packages that it has already.
 *
 * @param pid of uv
 * @returns a look around: its words, each time it is called
 */
export function watchUv(pid, now = Date.now) {
  const from = now();
  let [last, lastAt] = [0, from];
  return () => {
    const [written, at] = [bytesWritten(pid), now()];
    const fresh = written - last;
    const rate = `${(fresh / 1e3 / Math.max(1, at - lastAt)).toFixed(0)} MB/s`;
    [last, lastAt] = [written, at];
    return `${doing(pid, fresh, `${amount(written)} unpacked, ${rate}`)}, ${Math.round((at - from) / 1000)} s`;
  };
}

const amount = (bytes) => (bytes < 1e9 ? `${(bytes / 1e6).toFixed(0)} MB` : gigabytes(bytes));

function doing(pid, fresh, unpacked) {
  if (fresh >= UNPACKING_BYTES) return unpacked;
  return hasPython(pid) ? 'compiling the packages to bytecode' : 'linking packages that were fetched before';
}

/** Bytes that a process has written so far: what uv unpacks while it downloads. */
function bytesWritten(pid) {
  return Number(/^wchar: (\d+)/m.exec(read(`/proc/${pid}/io`))?.[1] ?? 0);
}

/** Whether a process has a child that is a Python. Children are told by the thread that started them. */
function hasPython(pid) {
  const children = threadsOf(pid).flatMap((thread) => read(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean));
  return children.some((child) => /^python/.test(read(`/proc/${child}/comm`)));
}

function threadsOf(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    // It has just ended.
    return [];
  }
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process has just ended.
    return '';
  }
}
