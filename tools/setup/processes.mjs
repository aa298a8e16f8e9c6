import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a program to its end with our own input and output, and passes signals on. Ctrl-C in a terminal reaches the program
 * by itself, as it is in the same process group; passing it on again would look like a second one.
 *
 * @returns its exit code; 128 plus the number when a signal ended it
 */
export async function runThrough(command, parameters, options = {}) {
  const child = spawn(command, parameters, { stdio: 'inherit', ...options });
  const passOn = (signal) => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, passOn);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
    });
  } finally {
    for (const signal of SIGNALS) process.off(signal, passOn);
  }
}
