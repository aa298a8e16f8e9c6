import { open } from 'node:fs/promises';
import type { LogPiece } from '../job-launcher.ts';
import { lastBytes, lastLinesOf, pieceBytes, pieceOf } from '../log-text.ts';
import { codeOf } from './job-folder.ts';

/** A piece of a log from a byte offset; `complete` when nothing will be added. A log that is not there yet is empty. */
export async function readPiece(path: string, offset: number, complete: boolean): Promise<LogPiece> {
  const bytes = await readBytes(path, offset, pieceBytes);
  return pieceOf(bytes, offset, complete && bytes.length < pieceBytes);
}

/** The last lines of a log, without a line that is cut. */
export async function readLastLines(path: string): Promise<string> {
  const size = await sizeOf(path);
  const from = Math.max(0, size - lastBytes);
  return lastLinesOf(await readBytes(path, from, lastBytes), from > 0);
}

async function sizeOf(path: string): Promise<number> {
  return withFile(path, 0, async (file) => (await file.stat()).size);
}

async function readBytes(path: string, offset: number, length: number): Promise<Uint8Array> {
  return withFile(path, new Uint8Array(), async (file) => {
    const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  });
}

async function withFile<T>(path: string, absent: T, use: (file: Awaited<ReturnType<typeof open>>) => Promise<T>): Promise<T> {
  try {
    const file = await open(path, 'r');
    return await use(file).finally(() => file.close());
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return absent;
    throw error;
  }
}
