/** The most of a log that one call returns. */
export const pieceBytes = 256 * 1024;
/** Of a failed job's log, what its message carries. */
export const lastLines = 20;
export const lastBytes = 8 * 1024;

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

/**
 * A piece of a log from the bytes that follow an offset. A character whose last bytes are not written yet is left for the next call,
 * unless these are the last bytes there will be; bytes that are no UTF-8 show as U+FFFD.
 */
export function pieceOf(bytes: Uint8Array, offset: number, atEnd: boolean): { text: string; next: number } {
  const whole = atEnd ? bytes : bytes.subarray(0, bytes.length - openTail(bytes));
  return { text: decode(whole), next: offset + whole.length };
}

/** The last lines of a log's end, without a line that is cut: `cut` tells that something stood before these bytes. */
export function lastLinesOf(bytes: Uint8Array, cut: boolean): string {
  const lines = decode(bytes).trimEnd().split('\n');
  return lines
    .slice(cut && lines.length > 1 ? 1 : 0)
    .slice(-lastLines)
    .join('\n');
}

/** A failure in a sentence, with the last lines of the log. */
export function withLastLines(sentence: string, lines: string): string {
  return lines === '' ? `${sentence}; its log is empty.` : `${sentence}. Last lines of its log:\n${lines}`;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}
