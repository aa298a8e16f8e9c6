import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Makes a signal end a rig in order and then this process, with 128 plus the signal's number; a second one ends it at once.
 *
 * @returns takes the handlers away again
 */
export function stopOnSignals(stop: () => Promise<void>): () => void {
  const handle = (signal: (typeof SIGNALS)[number]): void => {
    release();
    const exit = (): never => process.exit(128 + constants.signals[signal]);
    stop().then(exit, (error: unknown) => {
      process.stderr.write(`The rig did not end cleanly: ${(error as Error).message}\n`);
      exit();
    });
  };
  const release = (): void => SIGNALS.forEach((signal) => process.off(signal, handle));
  for (const signal of SIGNALS) process.on(signal, handle);
  return release;
}
