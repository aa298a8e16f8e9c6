import { keptLogHead, keys } from '@titrate/contracts';
import type { JobLauncher } from '@titrate/job-launcher';
import type { Dependencies } from '../dependencies.ts';

/** Of a longer log the newest part is kept. */
const MAX_LOG_BYTES = 16 * 1024 ** 2;
/** A log that takes longer to read is kept as far as it was read. */
const MAX_READING_MS = 60_000;

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
    const { text, next } = await launcher.log(job, offset);
    if (next === offset) break;
    const bytes = Buffer.from(text);
    pieces.push({ from: offset, bytes });
    [size, offset] = [size + bytes.byteLength, next];
    while (size > MAX_LOG_BYTES && pieces.length > 1) size -= pieces.shift()!.bytes.byteLength;
  }
  return Buffer.concat([Buffer.from(keptLogHead(pieces[0]?.from ?? 0)), ...pieces.map(({ bytes }) => bytes)]);
}
