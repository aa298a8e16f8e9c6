import { open } from 'node:fs/promises';
import type { LogPiece } from '../job-launcher.ts';
import { codeOf } from './job-folder.ts';

/** The most of a log that one call returns. */
const pieceBytes = 256 * 1024;
/** Of a failed job's log, what its message carries. */
const lastLines = 20;
const lastBytes = 8 * 1024;

/**
 * A piece of a log from a byte offset. A character whose last bytes are not written yet is left for the next call, unless the log is
 * `complete`; bytes that are no UTF-8 show as U+FFFD. A log that is not there yet is empty.
 */
export async function readPiece(path: string, offset: number, complete: boolean): Promise<LogPiece> {
  const bytes = await readBytes(path, offset, pieceBytes);
  const atEnd = complete && bytes.length < pieceBytes;
  const whole = atEnd ? bytes : bytes.subarray(0, bytes.length - openTail(bytes));
  return { text: decode(whole), next: offset + whole.length };
}

/** The last lines of a log, without a line that is cut. */
export async function readLastLines(path: string): Promise<string> {
  const size = await sizeOf(path);
  const from = Math.max(0, size - lastBytes);
  const lines = decode(await readBytes(path, from, lastBytes))
    .trimEnd()
    .split('\n');
  return lines
    .slice(from > 0 && lines.length > 1 ? 1 : 0)
    .slice(-lastLines)
    .join('\n');
}

/** How many bytes at the end begin a UTF-8 sequence that is not complete: 0 to 3. */
export function openTail(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if ((byte & 0b1100_0000) === 0b1000_0000) continue; // in the middle of a sequence: its head is further back
    const needed = byte >= 0xf0 && byte < 0xf8 ? 4 : byte >= 0xe0 && byte < 0xf0 ? 3 : byte >= 0xc0 && byte < 0xe0 ? 2 : 1;
    return needed > back ? back : 0;
  }
  return 0;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
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
