/** Perplexities and increases in four or five characters: 94.1, 876, 3,415; a dash for what is not known. */
export function perplexity(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  const size = Math.abs(value);
  if (size >= 1e6) return value.toExponential(1);
  return size >= 100 ? grouped(Math.round(value)) : value.toFixed(1);
}

/** Shares as percentages with one decimal; a dash for what is not known. */
export const percent = (share: number | null | undefined): string =>
  share === null || share === undefined ? '–' : `${(100 * share).toFixed(1)} %`;

/** Whole numbers with groups of three digits. */
export function grouped(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** Large counts in short: 600k, 2.3M, 3.8B, 260B. */
export function short(value: number): string {
  const [unit, name] = (
    [
      [1e12, 'T'],
      [1e9, 'B'],
      [1e6, 'M'],
      [1e3, 'k'],
    ] as const
  ).find(([size]) => value >= size) ?? [1, ''];
  const scaled = value / unit;
  return unit === 1 ? String(Math.round(value)) : `${scaled >= 100 ? Math.round(scaled) : Number(scaled.toFixed(1))}${name}`;
}

/** A duration as a clock: 0:35, 12:07, 3:04:05; days in words. */
export function duration(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return '–';
  const whole = Math.max(0, Math.round(seconds));
  if (whole >= 86_400 * 2) return `${(whole / 86_400).toFixed(1)} days`;
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** Bytes in decimal units, as disks are sold. */
export function bytes(value: number): string {
  return value < 1000 ? `${value} B` : `${short(value).replace('B', 'G')}B`;
}

/** FLOP in powers of ten. */
export function flop(value: number): string {
  return value === 0 ? '0' : value.toExponential(1).replace('e+', 'e');
}
