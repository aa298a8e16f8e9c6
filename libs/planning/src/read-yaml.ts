import { Lexer, LineCounter, isScalar, parseDocument, visit, type Document, type YAMLMap } from 'yaml';
import { problem, type SpecProblem } from './problem.ts';

/** A document as plain values, or why it cannot be read. */
export type ReadOutcome =
  { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'problems'; readonly problems: SpecProblem[] };

/** Larger texts are refused before they are parsed. A sweep of thousands of cells needs a few kilobytes. */
export const MAX_TEXT_BYTES = 1_000_000;

/** Aliases may be used, but a few lines of them must not become gigabytes. */
const MAX_ALIASES = 100;
/** A spec needs about six levels. */
const MAX_DEPTH = 50;
/** Ten thousand cells written out one by one need about 250,000. */
const MAX_TOKENS = 300_000;
const MOST_PROBLEMS = 20;

/**
 * Reads YAML 1.2 or JSON. Refuses texts above one megabyte (before parsing), duplicate keys, unknown tags,
 * several documents in one text and alias bombs; every refusal names the line.
 */
export function readYaml(text: string): ReadOutcome {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > MAX_TEXT_BYTES) return refused(`must be at most ${MAX_TEXT_BYTES} bytes (1 MB)`, `${bytes} bytes`);
  try {
    const rule = tooComplex(text);
    return rule === null ? read(text) : refused(rule, text.slice(0, 60));
  } catch (error) {
    return refused(`must be YAML or JSON that can be read (${(error as Error).message})`, text.slice(0, 60));
  }
}

/**
 * The rule that a text breaks by its sheer form, or null. The parser's time grows with the square of the depth and it keeps
 * a node for each token, so both are bounded first. Nesting by indentation cannot grow deep within a megabyte.
 */
function tooComplex(text: string): string | null {
  let [brackets, entries, tokens] = [0, 0, 0];
  for (const token of new Lexer().lex(text)) {
    tokens += 1;
    if (token === '[' || token === '{') brackets += 1;
    if (token === ']' || token === '}') brackets -= 1;
    entries = token === '-' || token === '?' ? entries + 1 : token.startsWith('\n') ? 0 : entries;
    if (brackets > MAX_DEPTH || entries > MAX_DEPTH) return `must not nest deeper than ${MAX_DEPTH} levels`;
    if (tokens > MAX_TOKENS) return `must have at most ${MAX_TOKENS} words and signs`;
  }
  return null;
}

function read(text: string): ReadOutcome {
  const lines = new LineCounter();
  // The parser's own check of unique keys takes quadratic time; a large hostile mapping would hold the process.
  const document = parseDocument(text, { uniqueKeys: false, merge: false, lineCounter: lines, prettyErrors: false });
  const faults = [...document.errors, ...document.warnings].slice(0, MOST_PROBLEMS);
  if (faults.length > 0)
    return { kind: 'problems', problems: faults.map((fault) => malformed(text, lines.linePos(fault.pos[0]).line, fault.message)) };
  const doubled = duplicateKeys(document, lines);
  if (doubled.length > 0) return { kind: 'problems', problems: doubled };
  return { kind: 'value', value: document.toJS({ maxAliasCount: MAX_ALIASES }) };
}

function duplicateKeys(document: Document, lines: LineCounter): SpecProblem[] {
  const found: SpecProblem[] = [];
  visit(document, {
    Map(_key, map: YAMLMap) {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        const name = isScalar(key) ? String(key.value) : String(key);
        if (seen.has(name)) found.push(problem('', `must name each key once (line ${lineOf(key, lines)})`, name));
        seen.add(name);
      }
      return found.length > MOST_PROBLEMS ? visit.BREAK : undefined;
    },
  });
  return found;
}

function lineOf(key: unknown, lines: LineCounter): number {
  const start = isScalar(key) ? key.range?.[0] : undefined;
  return start === undefined ? 1 : lines.linePos(start).line;
}

function malformed(text: string, line: number, message: string): SpecProblem {
  return problem('', `must be YAML or JSON (line ${line}: ${message})`, text.split('\n', line)[line - 1]?.trim() ?? '');
}

const refused = (rule: string, value: string): ReadOutcome => ({ kind: 'problems', problems: [problem('', rule, value)] });
