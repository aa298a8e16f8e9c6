import { SweepSpec } from '@titrate/contracts';
import { issuesOf } from './spec-issues.ts';
import { problem, type SpecProblem } from './problem.ts';
import { readYaml } from './read-yaml.ts';

/** A spec with its defaults filled in, or everything that is wrong with it. */
export type ParsedSpec =
  { readonly kind: 'spec'; readonly spec: SweepSpec } | { readonly kind: 'problems'; readonly problems: SpecProblem[] };

/**
 * Reads a sweep spec: a text (YAML or JSON, at most 1 MB) or a value that was parsed already.
 * Never throws on what people write: each fault is a problem with field, rule and value.
 *
 * @example
 * parseSweepSpec('apiVersion: titrate/v1\nkind: Sweep\nname: a\ncorpus: sotu\ngrid: { sizes: [tiny-64], dozes: [0] }')
 * // problems: grid.doses is required; grid.dozes is not a known key; did you mean "doses"?
 */
export function parseSweepSpec(input: unknown): ParsedSpec {
  if (typeof input !== 'string') return checked(input);
  const read = readYaml(input);
  return read.kind === 'problems' ? read : checked(read.value);
}

function checked(value: unknown): ParsedSpec {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return { kind: 'problems', problems: [problem('', 'must be a mapping that begins with apiVersion: titrate/v1', value)] };
  }
  const parsed = SweepSpec.safeParse(value);
  return parsed.success ? { kind: 'spec', spec: parsed.data } : { kind: 'problems', problems: issuesOf(value) };
}
