import canonicalize from 'canonicalize';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/**
 * The one text of a JSON value, by RFC 8785 (JSON Canonicalization Scheme): keys sorted, no blanks,
 * numbers in the shortest form that reads back as the same double. Python writes the same bytes
 * (`rfc8785` package), so both languages agree on every digest.
 *
 * @throws TypeError when the value has no JSON form (undefined, NaN, Infinity, a function).
 */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) {
    throw new TypeError(`Cannot digest the value as it must be JSON: current value is ${String(value)}`);
  }
  return text;
}

/** sha256 over bytes, as 64 lower-case hexadecimal digits. */
export function sha256Hex(bytes: Uint8Array | string): string {
  return bytesToHex(sha256(typeof bytes === 'string' ? utf8ToBytes(bytes) : bytes));
}

/** sha256 over the canonical JSON of a value: the identity of everything that Titrate names by content. */
export function digestOf(value: unknown): string {
  return sha256Hex(canonicalJson(value));
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** The first 26 base32 characters (130 bits) of a hexadecimal digest: short enough for names of jobs and hosts. */
export function shortDigest(digest: string): string {
  const bits = [...digest].map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, '0')).join('');
  return Array.from({ length: 26 }, (_, at) => BASE32[Number.parseInt(bits.slice(at * 5, at * 5 + 5), 2)]).join('');
}
