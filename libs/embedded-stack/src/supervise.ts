import type { Server } from './server.ts';

/** A part of the stack that is kept alive. */
export interface Part {
  readonly name: string;
  /** Starts it; resolves when it is ready. */
  start(): Promise<Server>;
}

/** What happens to a part that is kept alive. */
export interface SuperviseEvents {
  /** It runs, for the first time or again. */
  onReady(part: string, server: Server): void;
  /** It ended by itself and is started again after the delay. */
  onRestart(part: string, delayMs: number, reason: string): void;
  /** It ended too often; it stays down. */
  onGaveUp(part: string, reason: string): void;
}

/** Keeps a part alive until it is stopped. */
export interface Supervised {
  readonly name: string;
  /** Ends it in order, or keeps it from starting again; resolves when it is gone. */
  stop(): Promise<void>;
}

/** More ends than this within the window, and the part stays down. */
const RESTARTS = 5;
const WINDOW_MS = 60_000;

/** Starts a part and keeps it alive: whenever it ends by itself it is started again, at growing intervals. @throws what the first start throws */
export async function supervise(part: Part, events: SuperviseEvents, firstDelayMs = 200): Promise<Supervised> {
  let server: Server | null = await part.start();
  let stopping = false;
  const wake = new AbortController();
  events.onReady(part.name, server);

  /** Starts it again; the reason why it did not come up, or null. */
  const again = async (): Promise<string | null> => {
    try {
      server = await part.start();
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  };

  const watch = async (): Promise<void> => {
    const ends: number[] = [];
    while (!stopping) {
      let reason = server === null ? 'it did not start' : 'it ended';
      await server?.ended;
      for (server = null; server === null && !stopping;) {
        ends.push(Date.now());
        const recent = ends.filter((at) => at > Date.now() - WINDOW_MS).length;
        if (recent > RESTARTS) return events.onGaveUp(part.name, reason);
        const delayMs = firstDelayMs * 2 ** (recent - 1);
        events.onRestart(part.name, delayMs, reason);
        await pause(delayMs, wake.signal);
        if (!stopping) reason = (await again()) ?? reason;
      }
      if (server !== null && !stopping) events.onReady(part.name, server);
    }
  };
  const watching = watch();

  const stop = async (): Promise<void> => {
    stopping = true;
    wake.abort();
    await server?.stop();
    await watching;
    // A start that was under way when we were asked to stop has ended by now.
    await server?.stop();
  };
  return { name: part.name, stop };
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
