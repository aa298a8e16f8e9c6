import { constants } from 'node:os';
import { killGroup } from './process.ts';
import type { ProcessIdentity } from './process-identity.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Makes SIGINT, SIGTERM and SIGHUP stop the stack and then exit with 128 plus the signal's number. A second signal kills
 * the processes at once and exits.
 *
 * @returns takes the handlers away again
 */
export function stopOnSignals(stop: () => Promise<void>, processes: () => readonly ProcessIdentity[]): () => void {
  let asked = false;
  const handle = (signal: (typeof SIGNALS)[number]): void => {
    const code = 128 + constants.signals[signal];
    if (asked) {
      for (const { pid } of processes()) killGroup(pid);
      process.exit(code);
    }
    asked = true;
    // After the handlers are gone a further signal ends this process in the ordinary way.
    stop().then(
      () => process.exit(code),
      (error: unknown) => {
        process.stderr.write(`The stack did not stop cleanly: ${(error as Error).message}\n`);
        process.exit(code);
      },
    );
  };
  for (const signal of SIGNALS) process.on(signal, handle);
  return () => SIGNALS.forEach((signal) => process.off(signal, handle));
}
