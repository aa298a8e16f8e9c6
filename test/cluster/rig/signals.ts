import { constants } from 'node:os';
import type { Rig } from './rig.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Makes a signal end the rig in order and then this process, with 128 plus the signal's number; a second one ends it at once. */
export function stopOnSignals(rig: Rig): void {
  for (const signal of SIGNALS) {
    process.once(signal, () => {
      const exit = (): never => process.exit(128 + constants.signals[signal]);
      rig.stop().then(exit, (error: unknown) => {
        process.stderr.write(`The rig did not end cleanly: ${(error as Error).message}\n`);
        exit();
      });
    });
  }
}
