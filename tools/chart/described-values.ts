import { parse } from 'yaml';

/** A value with the words that stand above it in values.yaml. */
export interface DescribedValue {
  readonly path: string;
  readonly fallback: unknown;
  readonly description: string;
}

/**
 * Reads the comments that begin with `# --` and the keys below them.
 *
 * @throws Error naming a value that neither itself nor what holds it is described.
 */
export function describedValues(text: string): DescribedValue[] {
  const values = parse(text) as object;
  const described = descriptionsIn(text).map(({ path, description }) => ({
    path: path.join('.'),
    fallback: path.reduce<unknown>((inside, key) => (inside as Record<string, unknown>)[key], values),
    description,
  }));
  const paths = new Set(described.map(({ path }) => path));
  const silent = leavesOf(values).find((leaf) => !leaf.some((_, depth) => paths.has(leaf.slice(0, depth + 1).join('.'))));
  if (silent !== undefined)
    throw new Error(`Cannot document ${silent.join('.')} as a line "# -- ..." must stand above it or what holds it`);
  return described;
}

/** Follows the indentation: a key stands in the last key above it that is indented less. */
function descriptionsIn(text: string): { path: string[]; description: string }[] {
  const open: { indent: number; key: string }[] = [];
  const found: { path: string[]; description: string }[] = [];
  let description: string | null = null;
  for (const line of text.split('\n')) {
    const comment = /^ *# -- (.*)$/.exec(line);
    const key = /^( *)([\w.-]+):/.exec(line);
    if (comment !== null) description = comment[1] as string;
    if (key === null) continue;
    const [, { length: indent }, name] = key as unknown as [string, string, string];
    while (open.length > 0 && open.at(-1)!.indent >= indent) open.pop();
    open.push({ indent, key: name });
    if (description !== null) found.push({ path: open.map(({ key }) => key), description });
    description = null;
  }
  return found;
}

/** Paths of everything that holds no further keys; a list is one value. */
function leavesOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || Object.keys(value).length === 0) return [path];
  return Object.entries(value).flatMap(([key, inside]) => leavesOf(inside, [...path, key]));
}
