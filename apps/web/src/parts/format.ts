const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });
const precise = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 });

/** 1234567 as 1,234,567. */
export const count = (value: number): string => whole.format(value);
/** 1234567 as 1.23M. */
export const compact = (value: number): string => short.format(value);
/** Four significant digits; a dash where there is no number. */
export const number = (value: number | null | undefined): string => (value === null || value === undefined ? '–' : precise.format(value));
export const share = (value: number): string => `${precise.format(value * 100)} %`;

/** GPU hours: a hundredth is the least that is told. */
export const hours = (value: number): string => (value > 0 && value < 0.01 ? 'below 0.01' : precise.format(value));

/** Bytes in binary units, as the command line tells them. */
export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = value < 1 ? 0 : Math.min(Math.floor(Math.log2(value) / 10), units.length - 1);
  return `${precise.format(value / 1024 ** power)} ${units[power]}`;
}

/** A length of time by its two largest units: 3 h 12 min. */
export function duration(seconds: number): string {
  const units = [
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
    ['s', 1],
  ] as const;
  const from = units.findIndex(([, size]) => seconds >= size);
  if (from === -1) return seconds <= 0 ? '0 s' : 'below 1 s';
  const [unit, size] = units[from]!;
  const next = units[from + 1];
  const rest = next === undefined ? 0 : Math.floor((seconds % size) / next[1]);
  return `${Math.floor(seconds / size)} ${unit}${rest === 0 || next === undefined ? '' : ` ${rest} ${next[0]}`}`;
}

/** A moment in the reader's time zone, to the second. */
export const moment = (at: string): string =>
  new Date(at).toLocaleString('en-CA', { dateStyle: 'short', timeStyle: 'medium', hourCycle: 'h23' });

/** The beginning of a digest, enough to know it again. */
export const shortDigest = (digest: string): string => digest.slice(0, 12);
