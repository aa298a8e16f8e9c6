import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Part } from './parts.ts';
import { judge, type Counts } from './tallies.ts';

/** What came of one part. */
export interface Tally extends Counts {
  readonly name: string;
  /** How long it took, by the clock. */
  readonly seconds: number;
}

/** A part that takes longer hangs, and is ended. */
const LIMIT_MS = 45 * 60_000;

/** Runs one part to its end, passing its output on line by line with its name in front. Never rejects on failed tests. */
export async function runPart(part: Part, patterns: readonly string[], root: string): Promise<Tally> {
  rmSync(part.resultFile, { force: true });
  const from = performance.now();
  const exitCode = await run(part, patterns, root);
  const seconds = Math.round((performance.now() - from) / 1000);
  const counts = existsSync(part.resultFile) ? part.read(readFileSync(part.resultFile, 'utf8')) : null;
  return { name: part.name, seconds, ...judge(counts, exitCode) };
}

async function run(part: Part, patterns: readonly string[], root: string): Promise<number | null> {
  const [program, ...parameters] = part.command(patterns);
  // Tied to this process: a killed test run leaves no runner and no server behind.
  const tether = ['-I', '-S', `${root}/libs/embedded-stack/src/tether.py`, String(process.pid), '15', '-'];
  const child = spawn(`${root}/apps/trainer/.venv/bin/python`, [...tether, program, ...parameters], {
    cwd: part.workingDirectory,
    env: { ...process.env, ...part.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  passOn(part.name, child.stdout, (line) => !line.startsWith('Test results written to'));
  passOn(part.name, child.stderr, () => true);
  const timer = setTimeout(() => child.kill('SIGTERM'), LIMIT_MS);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code));
    });
  } finally {
    clearTimeout(timer);
  }
}

function passOn(name: string, stream: Readable, wanted: (line: string) => boolean): void {
  createInterface({ input: stream }).on('line', (line) => {
    if (wanted(line)) process.stdout.write(`${name.padEnd(11)} | ${line}\n`);
  });
}
