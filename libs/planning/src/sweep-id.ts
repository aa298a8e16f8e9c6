import { digestOf, type SweepSpec } from '@titrate/contracts';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const CHARACTERS = 26;

/** The id of a submission: `sw-` and 26 base32 characters (130 bits) of the digest of team and spec. The same spec by the same team is the same sweep. */
export function sweepIdOf(spec: SweepSpec, team: string): string {
  return `sw-${base32(digestOf({ team, spec })).slice(0, CHARACTERS)}`;
}

/** Base32 of hexadecimal digits, most significant first, lower case, without padding. */
function base32(hex: string): string {
  const bits = [...hex].map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, '0')).join('');
  return (bits.match(/.{5}/g) ?? []).map((five) => ALPHABET.charAt(Number.parseInt(five, 2))).join('');
}
