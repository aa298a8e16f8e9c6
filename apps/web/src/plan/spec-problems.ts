import { SweepSpec } from '@titrate/contracts';
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node } from 'yaml';

/** What is wrong with one field of a spec. */
export interface SpecProblem {
  /** Path within the spec, as in `grid.doses[2]`; empty for the document as a whole. */
  readonly field: string;
  /** The rest of the sentence that begins with the field. */
  readonly rule: string;
}

/** A problem with its place in the text. */
export interface PlacedProblem extends SpecProblem {
  /** Offsets of the characters at fault. */
  readonly from: number;
  readonly to: number;
  /** From 1. */
  readonly line: number;
}

/** What the page itself can tell of a text, while it is written: whether it is YAML, and keeps to the schema. The server says more, and in better words. */
export function checkSpec(text: string): SpecProblem[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0)
    return document.errors.map(({ message, pos }) => ({
      field: '',
      rule: `must be YAML (line ${lines.linePos(pos[0]).line}): ${message}`,
    }));
  const parsed = SweepSpec.safeParse(document.toJS({ maxAliasCount: 100 }));
  if (parsed.success) return [];
  return parsed.error.issues.map(({ path, message }) => ({ field: fieldPath(path), rule: `– ${message}` }));
}

const fieldPath = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, key) => `${text}${typeof key === 'number' ? `[${key}]` : text === '' ? String(key) : `.${String(key)}`}`, '');

/** Finds the place of each problem: the key of its field, or of the nearest part around it that the text holds; else the line that its rule names. */
export function placeProblems(text: string, problems: readonly SpecProblem[]): PlacedProblem[] {
  const lines = new LineCounter();
  const { contents } = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const starts = lines.lineStarts;
  return problems.map((problem) => {
    const named = /\(line (\d+)/.exec(problem.rule);
    const place = problem.field === '' ? null : placeOf(contents, keysOf(problem.field));
    const from = Math.min(place?.[0] ?? starts[Number(named?.[1] ?? 1) - 1] ?? 0, text.length);
    const line = lines.linePos(from).line || 1;
    const lineEnd = (starts[line] ?? text.length + 1) - 1;
    return { ...problem, from, to: Math.min(Math.max(from, Math.min(place?.[1] ?? lineEnd, lineEnd)), text.length), line };
  });
}

/** `grid.sizes[0].name` as grid, sizes, 0, name. */
const keysOf = (field: string): string[] => field.split(/[.[\]]+/).filter((key) => key !== '');

/** The range of a field's key, or of the entry of a list; of the last part on the way where the field is not there. */
function placeOf(root: unknown, keys: readonly string[]): readonly [number, number] | null {
  let node: unknown = root;
  let place: readonly [number, number] | null = null;
  for (const key of keys) {
    const found = stepInto(node, key);
    if (found === null) break;
    [node, place] = found;
  }
  return place;
}

function stepInto(node: unknown, key: string): [unknown, readonly [number, number] | null] | null {
  if (isSeq(node)) {
    const item = node.items[Number(key)] as Node | undefined;
    return item === undefined ? null : [item, rangeOf(item)];
  }
  if (!isMap(node)) return null;
  const pair = node.items.find((each) => isScalar(each.key) && String(each.key.value) === key);
  return pair === undefined ? null : [pair.value, rangeOf(pair.key as Node)];
}

const rangeOf = (node: Node): readonly [number, number] | null => (node.range ? [node.range[0], node.range[1]] : null);
