import { keptLogHead, keys } from '@titrate/contracts';
import type { JobLauncher, LogPiece } from '@titrate/job-launcher';
import type { Dependencies } from '../dependencies.ts';

/** Of a longer log the newest part is kept. */
const MAX_LOG_BYTES = 16 * 1024 ** 2;
/** A log that takes longer to read is kept as far as it was read. */
const MAX_READING_MS = 60_000;
/** Times that a log is asked for which cannot be read, and the pause between them. */
const MAX_FAILURES = 3;
const PAUSE_MS = 1000;

/**
 * Clears up after a job whose end is recorded: its log goes to the store, then the launcher forgets it. May be done again
 * after any break: the log is written once, and a job that is forgotten is unknown.
 */
export async function putAway({ launcher, store }: Pick<Dependencies, 'launcher' | 'store'>, job: string): Promise<void> {
  if ((await launcher.status(job)).kind !== 'ended') return;
  // Whoever was here before has kept the log, be it a shorter one: what lies in the store is not overwritten.
  await store.create(keys.jobLog(job), await keptLog(launcher, job));
  await launcher.forget(job);
}

/** The log as it is kept: the newest part of it, with a head that tells what is left out. */
async function keptLog(launcher: JobLauncher, job: string): Promise<Uint8Array> {
  const deadline = performance.now() + MAX_READING_MS;
  const pieces: { from: number; bytes: Uint8Array }[] = [];
  let [size, offset] = [0, 0];
  while (performance.now() < deadline) {
    const { text, next } = await readPiece(launcher, job, offset);
    const bytes = Buffer.from(text);
    if (text !== '') pieces.push({ from: offset, bytes });
    if (next === offset) break;
    [size, offset] = [size + bytes.byteLength, next];
    while (size > MAX_LOG_BYTES && pieces.length > 1) size -= pieces.shift()!.bytes.byteLength;
  }
  return Buffer.concat([Buffer.from(keptLogHead(pieces[0]?.from ?? 0)), ...pieces.map(({ bytes }) => bytes)]);
}

/**
 * A piece of the log; why there is none, without going on, where the launcher answers but whoever holds the log does not: a
 * node may be gone for ever, and what waits for the end of its job must not wait for that.
 */
async function readPiece(launcher: JobLauncher, job: string, offset: number): Promise<LogPiece> {
  for (let failures = 1; ; failures++) {
    try {
      return await launcher.log(job, offset);
    } catch (error) {
      // Nobody answers at all: this fails as well, and all of it is tried again later.
      await launcher.status(job);
      if (failures === MAX_FAILURES) return { text: `(the log cannot be read from here on: ${(error as Error).message})\n`, next: offset };
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
