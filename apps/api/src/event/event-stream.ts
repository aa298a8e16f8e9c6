import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TitrateEvent } from '@titrate/contracts';
import type { Records } from '@titrate/records';

/** How often the records are asked for news, and how often a quiet stream shows that it lives. */
export interface StreamPace {
  readonly pollMs: number;
  readonly heartbeatMs: number;
}

export const defaultPace: StreamPace = { pollMs: 500, heartbeatMs: 15_000 };

const BATCH = 500;

/**
 * All events behind `after`, in order and without a gap, and then each new one as it comes; ends when `signal` does.
 * An empty batch is yielded after each quiet poll, so that the writer can show a sign of life.
 */
export async function* follow(
  records: Records,
  after: number,
  filter: { sweep?: string | undefined; team: string },
  signal: AbortSignal,
  pollMs: number,
): AsyncGenerator<TitrateEvent[]> {
  for (let seen = after; !signal.aborted;) {
    const events = await records.listEvents(seen, BATCH, filter);
    seen = events.at(-1)?.id ?? seen;
    yield events;
    if (events.length < BATCH) await sleep(pollMs, undefined, { signal }).catch(ignoreAbort);
  }
}

/** Writes events as server-sent events, no faster than the reader takes them; returns when the reader or the server goes away. */
export async function writeEvents(
  raw: ServerResponse,
  batches: AsyncIterable<TitrateEvent[]>,
  signal: AbortSignal,
  heartbeatMs: number,
): Promise<void> {
  let quietSince = Date.now();
  for await (const events of batches) {
    if (signal.aborted) return;
    const text = events.map(message).join('') || (Date.now() - quietSince >= heartbeatMs ? ': still here\n\n' : '');
    if (text === '') continue;
    quietSince = Date.now();
    if (!raw.write(text)) await once(raw, 'drain', { signal }).catch(ignoreAbort);
  }
}

/** The event as one message; its number is the id that a reader comes back with. */
const message = (event: TitrateEvent) => `id: ${event.id}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`;

/** The end of a wait by its signal is no failure; everything else is. */
function ignoreAbort(error: unknown): void {
  if ((error as { name?: unknown }).name !== 'AbortError') throw error;
}
