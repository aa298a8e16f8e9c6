/** The first line of a kept log that lacks its beginning, and how many bytes of the job's log that is. */
const leftOut = /^\[(\d+) bytes before this line are not kept\]\n/;

/** How a log that is kept from byte `from` on begins: nothing, or a line that tells what is left out. */
export const keptLogHead = (from: number): string => (from > 0 ? `[${from} bytes before this line are not kept]\n` : '');

/**
 * A piece of a kept log (`keys.jobLog`) from an offset of the job's own log on, so that whoever read the log while the job
 * lived goes on without a gap. What is left out is told by the first line.
 */
export function readKeptLog(bytes: Uint8Array, offset: number): { text: string; next: number } {
  const [line = '', left = '0'] = leftOut.exec(new TextDecoder().decode(bytes.subarray(0, 100))) ?? [];
  const from = Number(left);
  const end = from + bytes.byteLength - line.length;
  if (offset >= end) return { text: '', next: offset };
  const at = offset < from ? 0 : line.length + offset - from;
  return { text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(at)), next: end };
}
