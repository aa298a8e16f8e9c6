import { setTimeout as sleep } from 'node:timers/promises';
import type { LogPiece } from '../job-launcher.ts';
import { lastBytes, lastLines, lastLinesOf, openTail, pieceOf } from '../log-text.ts';
import { Conflict, type Calls } from './calls.ts';
import { ClusterUnreachable, JobRefused } from '../errors.ts';
import { containerName, labels } from './names.ts';
import type { Pod } from './objects.ts';

/** The most of a log that one call returns. Large, as each call has to read what stands before it too. */
const pieceBytes = 4 * 2 ** 20;

const settleMs = 300;
const mostReads = 10;

/** The pod that speaks for the job: the newest of index 0. */
export function speakerOf(pods: readonly Pod[]): Pod | null {
  const first = pods.filter(({ metadata }) => metadata.labels?.[labels.index] === '0');
  return first.toSorted((a, b) => Date.parse(a.metadata.creationTimestamp) - Date.parse(b.metadata.creationTimestamp)).at(-1) ?? null;
}

/**
 * A piece of a pod's log from a byte offset. The kubelet gives a log from its beginning only, and begins a new one when it has grown
 * (containerLogMaxSize, 10 MiB by default) or when the pod is another one: a log shorter than the offset is told from its start.
 * `hasEnded` is asked when it matters: whether the half of a character at the end is all that will come.
 */
export async function readLog(calls: Calls, pod: Pod, offset: number, hasEnded: () => Promise<boolean>): Promise<LogPiece> {
  const bytes = await logBytes(calls, pod, { limitBytes: String(offset + pieceBytes) });
  const from = bytes.length < offset ? 0 : offset;
  const piece = bytes.subarray(from, from + pieceBytes);
  return pieceOf(piece, from, piece.length < pieceBytes && openTail(piece) > 0 && (await hasEnded()));
}

/**
 * The last lines of a pod's log, or why they cannot be had: its node may be gone. A runtime tells of an end before it has written the
 * last lines, so that they are read until they stay the same.
 */
export async function lastLinesOfPod(calls: Calls, pod: Pod): Promise<string> {
  let lines = await lastLinesNow(calls, pod);
  for (let reads = 1; reads < mostReads; reads++) {
    await sleep(settleMs);
    const again = await lastLinesNow(calls, pod);
    if (again === lines) break;
    lines = again;
  }
  return lines;
}

async function lastLinesNow(calls: Calls, pod: Pod): Promise<string> {
  const all = await logBytes(calls, pod, { tailLines: String(lastLines) }).catch((error: unknown) => {
    if (error instanceof ClusterUnreachable) return Buffer.from(`(its log cannot be read: ${error.message})`);
    throw error;
  });
  return lastLinesOf(all.subarray(-lastBytes), all.length > lastBytes);
}

/** Nothing for a container that has not begun. A node that does not answer is not asked again: it may never. */
async function logBytes(calls: Calls, { metadata }: Pod, query: Record<string, string>): Promise<Uint8Array> {
  const call = {
    verb: 'get',
    resource: 'pods',
    name: metadata.name,
    subresource: 'log',
    query: { container: containerName, ...query },
  } as const;
  try {
    return (await calls.bytes({ ...call, patienceMs: 0 })) ?? new Uint8Array();
  } catch (error) {
    // 400: "container is waiting to start"
    if (error instanceof JobRefused || error instanceof Conflict) return new Uint8Array();
    throw error;
  }
}
