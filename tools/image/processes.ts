import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';

/** Where a program runs and what it sees. */
export interface Surroundings {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a program to its end; what it prints goes to stderr, as stdout may carry an image. @throws Error when it fails */
export async function run(program: string, parameters: readonly string[], surroundings: Surroundings = {}): Promise<void> {
  const child = spawn(program, parameters, { ...surroundings, stdio: ['ignore', 2, 2] });
  await ended(child, program, parameters);
}

/** What a program printed. @throws Error when it fails */
export async function output(program: string, parameters: readonly string[], surroundings: Surroundings = {}): Promise<string> {
  const { stream, done } = outputStream(program, parameters, surroundings);
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  await done;
  return Buffer.concat(chunks).toString();
}

/** What a program prints while it runs; `done` rejects when it failed, so a cut stream is never taken for a whole one. */
export function outputStream(
  program: string,
  parameters: readonly string[],
  surroundings: Surroundings = {},
): { stream: Readable; done: Promise<void> } {
  const child = spawn(program, parameters, { ...surroundings, stdio: ['ignore', 'pipe', 'inherit'] });
  const done = ended(child, program, parameters);
  // It is awaited after the stream; a failure before that must not end the process.
  done.catch(() => undefined);
  return { stream: child.stdout, done };
}

/** Resolves when a program has ended well. @throws Error with its command line otherwise */
export function ended(child: ChildProcess, program: string, parameters: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(new Error(`Cannot start ${program}`, { cause })));
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else
        reject(new Error(`Cannot go on as \`${[program, ...parameters].join(' ')}\` must end with 0: current value is ${code ?? signal}`));
    });
  });
}
