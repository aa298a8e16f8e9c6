/** What is wrong with one field of a spec: which field, the rule it breaks, and what it holds. */
export interface SpecProblem {
  /** Path within the spec, as in `grid.doses[2]`; empty for the document as a whole. */
  readonly field: string;
  /** The rest of the sentence that begins with the field, as in `must be at least 1`. */
  readonly rule: string;
  /** What the field holds, shortened where it is long; always has a JSON form. */
  readonly value: unknown;
}

const LONGEST_VALUE = 200;

/** A problem whose value is safe to send and to print: no NaN, nothing endless. */
export function problem(field: string, rule: string, value: unknown): SpecProblem {
  return { field, rule, value: presentable(value) };
}

/** A problem as a sentence: "Cannot accept the spec as grid.doses[2] must be at least 0: current value is -3". */
export function problemSentence({ field, rule, value }: SpecProblem): string {
  const held = value === undefined ? 'absent' : JSON.stringify(value);
  return `Cannot accept the spec as ${field === '' ? 'it' : field} ${rule}: current value is ${held}`;
}

/** A path of keys and indices as people write it: `grid.doses[2]`. */
export function fieldPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`),
    '',
  );
}

function presentable(value: unknown): unknown {
  if (typeof value === 'string') return value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE)}…` : value;
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'function') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  const text = JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : value;
}
