import { TitrateEvent } from '@titrate/contracts';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { isBrokenFetch, problemFrom } from './problem.ts';

export interface FollowOptions {
  readonly server: string;
  readonly token: string;
  /** Only what concerns this sweep. */
  readonly sweep?: string;
  /** Begin behind this event; 0 begins with the first ever. */
  readonly after?: number;
  readonly signal?: AbortSignal;
  /** Told when a connection stands, the first and each one after. */
  readonly onOpen?: () => void;
  /** Told before each new attempt to connect. */
  readonly onReconnect?: (reason: string) => void;
}

/** A stream that was silent for this long is dead: the server shows a sign of life every 15 seconds. */
const SILENCE_MS = 60_000;
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5_000;

/**
 * Every event behind `after`, in order, each once; then each new one as it happens. A broken connection is made anew
 * from the last event that was yielded. Ends when `signal` does.
 *
 * @throws ApiProblem when the server refuses (a wrong token, an unknown parameter); an outage is waited out.
 */
export async function* followEvents(options: FollowOptions): AsyncGenerator<TitrateEvent, void> {
  const { signal } = options;
  let seen = options.after ?? 0;
  for (let wait = FIRST_WAIT_MS; !signal?.aborted; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    let reason = 'the server ended the stream';
    const connection = connect(options, seen);
    try {
      for await (const event of connection) {
        if (event.id <= seen) continue;
        seen = event.id;
        wait = FIRST_WAIT_MS;
        yield event;
        if (signal?.aborted) return;
      }
    } catch (error) {
      if (signal?.aborted) return;
      if (!isPassing(error)) throw error;
      reason = (error as Error).message;
    }
    if (signal?.aborted) return;
    options.onReconnect?.(reason);
    await pause(wait, signal);
  }
}

/** One connection, to its end. */
async function* connect({ server, token, sweep, signal, onOpen }: FollowOptions, seen: number): AsyncGenerator<TitrateEvent, void> {
  const quiet = new AbortController();
  const url = `${server.replace(/\/+$/, '')}/v1/events${sweep === undefined ? '' : `?sweep=${encodeURIComponent(sweep)}`}`;
  const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream', 'last-event-id': String(seen) };
  let alarm = setTimeout(() => quiet.abort(new SilentStream()), SILENCE_MS);
  const stillHere = () => {
    clearTimeout(alarm);
    alarm = setTimeout(() => quiet.abort(new SilentStream()), SILENCE_MS);
  };
  try {
    const response = await fetch(url, { headers, signal: signal ? AbortSignal.any([signal, quiet.signal]) : quiet.signal });
    if (!response.ok || !response.body) throw problemFrom(response.status, await response.text());
    onOpen?.();
    const messages = response.body
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream({ onComment: stillHere, onError: 'terminate' }))
      .getReader();
    // Not `for await`: there are browsers whose streams cannot be walked so.
    for (let read = await messages.read(); !read.done; read = await messages.read()) {
      stillHere();
      yield TitrateEvent.parse(JSON.parse(read.value.data));
    }
  } finally {
    clearTimeout(alarm);
    quiet.abort();
  }
}

/** Resolves after a time, or at once when the signal ends. Without Node's timers, as the web page uses this too. */
function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener('abort', end);
    if (signal?.aborted) end();
  });
}

class SilentStream extends Error {
  constructor() {
    super('the stream fell silent');
    this.name = 'SilentStream';
  }
}

/** What a new attempt may mend: a broken connection, and a server that says 5xx. */
function isPassing(error: unknown): boolean {
  if (error instanceof SilentStream || isBrokenFetch(error)) return true;
  const status = (error as { status?: unknown }).status;
  return typeof status === 'number' && status >= 500;
}
