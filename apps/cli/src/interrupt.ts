import { Interrupted } from './exit-codes.ts';

/** Runs a task that Ctrl-C (or SIGTERM, SIGHUP) ends in order; a second one ends the process at once. */
export async function interruptible<T>(message: string, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const handle = (): void => {
    if (abort.signal.aborted) process.exit(130);
    abort.abort(new Interrupted(message));
  };
  for (const name of signals) process.on(name, handle);
  try {
    return await task(abort.signal);
  } finally {
    for (const name of signals) process.off(name, handle);
  }
}
