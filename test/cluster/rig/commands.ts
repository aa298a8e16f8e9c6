import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repositoryRoot = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');

/** The Python that ties servers to the life of this process. */
export const python = process.env['TITRATE_PYTHON'] ?? `${repositoryRoot}/apps/trainer/.venv/bin/python`;

/** Tells the reader what goes on; never on stdout, which belongs to results. */
export type Say = (message: string) => void;

/** A reason why the rig, or a part of it, cannot be had here: what is missing and what to do. */
export class RigRefused extends Error {
  readonly code = 'rig-refused';
  constructor(message: string) {
    super(message);
    this.name = 'RigRefused';
  }
}

/** What a program said, and its exit code; 128 and above, or null, when a signal ended it. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a program gets beside its parameters. */
export interface CommandOptions {
  readonly input?: string;
  readonly directory?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Runs a program to its end, whatever comes of it. Rejects only when it cannot be started. */
export async function attempt(command: readonly string[], options: CommandOptions = {}): Promise<Outcome> {
  const [program, ...parameters] = command as [string, ...string[]];
  const child = spawn(program, parameters, { cwd: options.directory, env: { ...process.env, ...options.environment }, stdio: 'pipe' });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // A program that ends without reading its input is judged by its exit code.
  child.stdin.on('error', () => undefined).end(options.input ?? '');
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Runs a program to its end and returns its output. @throws Error with what it said, when it ends with anything but 0 */
export async function run(command: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await attempt(command, options);
  if (code === 0) return stdout;
  throw new Error(`${command.slice(0, 3).join(' ')} ended with ${code ?? 'a signal'}: ${(stderr || stdout).trim().slice(-2_000)}`);
}

/** The first program of this name on the PATH or in the folders of system programs; null when there is none. */
export function findProgram(name: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

/** Waits until `ready` says yes. @throws Error that names what did not come, when the time is over */
export async function waitFor(what: string, ready: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await ready())) {
    if (Date.now() > deadline) throw new Error(`Cannot go on as ${what} must come within ${timeoutMs / 1000} s: it did not`);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}
