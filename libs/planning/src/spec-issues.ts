import { SweepSpec, type JobConfiguration } from '@titrate/contracts';
import { knownKeys, knownValues, nearestKey } from './known-keys.ts';
import { fieldPath, problem, type SpecProblem } from './problem.ts';

type Issue = NonNullable<ReturnType<typeof SweepSpec.safeParse>['error']>['issues'][number];
type Schema = typeof SweepSpec | typeof JobConfiguration;
type Path = readonly PropertyKey[];

/** A person mends a few at a time. */
const MOST_PROBLEMS = 50;

/** Everything that the schema refuses in a value, one problem for each field, in words that do not need the schema. */
export function issuesOf(value: unknown, schema: Schema = SweepSpec): SpecProblem[] {
  const parsed = schema.safeParse(value);
  if (parsed.success) return [];
  const found = parsed.error.issues.flatMap((issue) => problemsOf(issue, [], value, schema));
  return [...new Map(found.map((one) => [`${one.field} ${one.rule}`, one])).values()].slice(0, MOST_PROBLEMS);
}

function problemsOf(issue: Issue, base: Path, root: unknown, schema: Schema): SpecProblem[] {
  const path = [...base, ...issue.path];
  if (issue.code === 'unrecognized_keys') return issue.keys.slice(0, MOST_PROBLEMS).map((key) => unknownKey(path, key, root, schema));
  if (issue.code === 'invalid_union' && issue.errors.length === 0) return [unknownKind(path, root, schema)];
  if (issue.code === 'invalid_union') return unionProblems(issue.errors as Issue[][], path, root, schema);
  return [problem(fieldPath(path), ruleOf(issue, valueAt(root, path)), valueAt(root, path))];
}

function unknownKey(path: Path, key: string, root: unknown, schema: Schema): SpecProblem {
  const meant = nearestKey(key, knownKeys(schema, path));
  const known = knownKeys(schema, path).join(', ');
  const rule = meant === null ? `is not a known key; known here: ${known}` : `is not a known key; did you mean "${meant}"?`;
  return problem(fieldPath([...path, key]), rule, valueAt(root, [...path, key]));
}

/** The field that tells the options of a union apart holds none of their values. */
function unknownKind(path: Path, root: unknown, schema: Schema): SpecProblem {
  const known = knownValues(schema, path).map((one) => JSON.stringify(one));
  return problem(fieldPath(path), `must be ${known.join(' or ')}`, valueAt(root, path));
}

/** A union is told by the options that are of the value's own kind; two of them are joined by "or". */
function unionProblems(options: Issue[][], path: Path, root: unknown, schema: Schema): SpecProblem[] {
  const ofItsKind = options.filter((issues) => !issues.some((issue) => issue.code === 'invalid_type' && issue.path.length === 0));
  const [only] = ofItsKind;
  if (only && ofItsKind.length === 1) return only.flatMap((issue) => problemsOf(issue, path, root, schema));
  const value = valueAt(root, path);
  const told = (ofItsKind.length > 0 ? ofItsKind : options).flatMap((issues) => issues.slice(0, 1).map((issue) => ruleOf(issue, value)));
  return [problem(fieldPath(path), [...new Set(told)].join(', or '), value)];
}

function ruleOf(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return value === undefined ? 'is required' : `must be ${kindInWords(issue.expected)}`;
    case 'too_big':
      return `must ${boundVerb(issue.origin)} ${issue.inclusive === false ? 'below' : 'at most'} ${issue.maximum}${unit(issue.origin)}`;
    case 'too_small':
      return `must ${boundVerb(issue.origin)} ${issue.inclusive === false ? 'above' : 'at least'} ${issue.minimum}${unit(issue.origin)}`;
    case 'invalid_value':
      return `must be ${issue.values.map((one) => JSON.stringify(one)).join(' or ')}`;
    case 'invalid_key':
      return 'must have keys that are lower-case letters, digits, dots and hyphens';
    default:
      return issue.message;
  }
}

const boundVerb = (origin: string): string => (origin === 'array' || origin === 'string' ? 'have' : 'be');
const unit = (origin: string): string => (origin === 'array' ? ' entries' : origin === 'string' ? ' characters' : '');

const kinds: Record<string, string> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  array: 'a list',
  tuple: 'a list of two numbers',
  object: 'a mapping',
  record: 'a mapping',
  boolean: 'true or false',
};
const kindInWords = (expected: string): string => kinds[expected] ?? `of type ${expected}`;

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) => (value !== null && typeof value === 'object' ? (value as Record<PropertyKey, unknown>)[key] : undefined),
    root,
  );
}
