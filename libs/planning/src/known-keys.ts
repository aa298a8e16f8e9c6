import { distance } from 'fastest-levenshtein';

/** The parts of a zod schema that are walked here; every zod schema has them. */
interface Walkable {
  readonly _zod: { readonly def: object };
}
interface Definition {
  readonly type: string;
  readonly shape?: Record<string, Walkable>;
  readonly innerType?: Walkable;
  readonly element?: Walkable;
  readonly valueType?: Walkable;
  readonly options?: readonly Walkable[];
  readonly values?: readonly unknown[];
}

/** Keys that a schema knows at a path; empty where any key is allowed or nothing is known. */
export function knownKeys(schema: Walkable, path: readonly PropertyKey[]): string[] {
  return schemasAt(schema, path).flatMap((found) => Object.keys(definition(found).shape ?? {}));
}

/** Values that a schema accepts at a path, where it lists them. */
export function knownValues(schema: Walkable, path: readonly PropertyKey[]): unknown[] {
  return schemasAt(schema, path).flatMap((found) => definition(found).values ?? []);
}

/** The known key that was probably meant, or null where none is near. */
export function nearestKey(key: string, known: readonly string[]): string | null {
  if (key.length > 100) return null;
  const [nearest] = [...known].sort((a, b) => remoteness(key, a) - remoteness(key, b));
  if (nearest === undefined) return null;
  const tolerated = Math.max(2, Math.floor(Math.min(key.length, nearest.length) / 2));
  const near = distance(key, nearest) <= tolerated || nearest.startsWith(key) || key.startsWith(nearest);
  return near ? nearest : null;
}

/** Edits, and at a tie the letters that differ, so that swapped letters count for less than other ones. */
const remoteness = (key: string, other: string): number => distance(key, other) + distance(sorted(key), sorted(other)) / 1000;
const sorted = (text: string): string => [...text].sort().join('');

function schemasAt(schema: Walkable, path: readonly PropertyKey[]): Walkable[] {
  const { type, innerType, options, shape, element, valueType } = definition(schema);
  if (innerType) return schemasAt(innerType, path);
  if (type === 'union') return (options ?? []).flatMap((option) => schemasAt(option, path));
  if (path.length === 0) return [schema];
  const [key, ...rest] = path;
  const next = shape?.[String(key)] ?? element ?? valueType;
  return next ? schemasAt(next, rest) : [];
}

const definition = (schema: Walkable): Definition => schema._zod.def as Definition;
