import { constants } from 'node:os';
import { exitCodes, type FailureClass } from '@titrate/contracts';

/** Shells, container runtimes and torchrun's wrapper tell of a process that signal N ended by the code 128 + N. */
const signalBase = 128;
const signals = new Map<number, string>(Object.entries(constants.signals).map(([name, number]) => [number, name]));

/** What an exit code other than 0 means, and the words for it: one rule for all launchers. */
export function classifyExitCode(exitCode: number): [FailureClass, string] {
  const words = `ended with code ${exitCode}`;
  if (exitCode === exitCodes.badInput) return ['bad-input', `${words}: its document or input can never work`];
  if (exitCode === exitCodes.lossNotFinite) return ['loss-not-finite', `${words}: the loss was not finite`];
  if (exitCode === exitCodes.fenced) return ['fenced', `${words}: a newer attempt owns the run`];
  const signal = signals.get(exitCode - signalBase);
  if (signal !== undefined) return ['killed', `${words}: a process of it was killed by ${signal}`];
  return ['failed', words];
}
