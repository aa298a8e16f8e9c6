import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@titrate/api-client';
import type { CorpusSource } from '@titrate/contracts';
import { Failed } from '../exit-codes.ts';
import { bytes } from '../render/numbers.ts';
import type { Terminal } from '../terminal.ts';
import { uploadFile, type LocalFile } from './corpus-files.ts';

/** Sends files one after another; what the registration names them by. */
export async function sendAll(client: Client, terminal: Terminal, files: readonly LocalFile[]) {
  const sent: Extract<CorpusSource, { kind: 'uploads' }>['files'] = [];
  for (const [index, { name, path, sizeBytes }] of files.entries()) {
    terminal.say(`Sending ${name} (${bytes(sizeBytes)}${files.length > 1 ? `, ${index + 1} of ${files.length}` : ''})`);
    sent.push({ name, object: await uploadFile(client, terminal, path) });
  }
  return sent;
}

/** How far a registration is. */
interface Registering {
  readonly state: 'registering' | 'ready' | 'failed';
  readonly reason: string | null;
}

/**
 * Waits until what is registered is ready, and says how far it is or what its job waits for whenever that has changed.
 *
 * @param newsOf how far it is, in words; empty where there is nothing to tell.
 * @throws Failed where it failed, with the job's reason.
 */
export async function waitUntilReady<T extends Registering>(
  what: string,
  look: () => Promise<T>,
  newsOf: (found: T) => string,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<T> {
  for (let said = ''; ;) {
    const found = await look();
    if (found.state === 'ready') return found;
    if (found.state === 'failed') throw new Failed(`Cannot register ${what}: ${found.reason ?? 'no reason was recorded'}`);
    const news = found.reason !== null ? `waiting: ${found.reason}` : newsOf(found);
    if (news !== said && news !== '') terminal.say(`  ${news}`);
    said = news;
    await sleep(500, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
