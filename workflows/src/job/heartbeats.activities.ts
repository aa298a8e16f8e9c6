import { heartbeat } from '@temporalio/activity';

/** A heartbeat costs the Temporal server a write: one in a while is enough to tell that a watch lives, and short ones need none. */
const EVERY_MS = 20_000;

/** For loops that look again and again: heartbeats at the first look after a while, and so on. Whoever hangs between two looks is not told alive. */
export function openPulse(): () => void {
  let lastMs = performance.now();
  return () => {
    if (performance.now() - lastMs < EVERY_MS) return;
    lastMs = performance.now();
    heartbeat();
  };
}

/** Waits for work that takes minutes by itself, and heartbeats meanwhile. */
export async function withPulse<T>(work: Promise<T>): Promise<T> {
  const timer = setInterval(() => heartbeat(), EVERY_MS);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
