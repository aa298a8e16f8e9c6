import { Digest, Name } from '@titrate/contracts';
import { z } from 'zod';

/** The part of JSON Schema that the contracts use. */
export interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly additionalProperties?: boolean | JsonSchema;
}

const patternOf = (schema: z.ZodType): string | undefined => (z.toJSONSchema(schema) as JsonSchema).pattern;
const namePattern = patternOf(Name);
const digestPattern = patternOf(Digest);
/** The largest value of a seed; a number with this limit is called one. */
const SEED_LIMIT = 0xffffffff;

/** What a field holds, in words. `linkTo` names the table of an object. */
export function fieldType(field: JsonSchema, linkTo: (part: JsonSchema) => string): string {
  const choices = field.anyOf ?? field.oneOf;
  if (choices) return choices.map((choice) => fieldType(choice, linkTo)).join(' or ');
  if (field.const !== undefined) return `\`${String(field.const)}\``;
  if (field.enum) return field.enum.map((value) => `\`${String(value)}\``).join(' or ');
  if (field.properties) return linkTo(field);
  if (field.prefixItems) return `[${field.prefixItems.map((item) => fieldType(item, linkTo)).join(', ')}]`;
  if (field.items) return `list of: ${fieldType(field.items, linkTo)}`;
  if (typeof field.additionalProperties === 'object') return `map of name to ${fieldType(field.additionalProperties, linkTo)}`;
  return plainType(field);
}

function plainType({ type, pattern, maximum }: JsonSchema): string {
  switch (type) {
    case 'string':
      return pattern === namePattern ? 'name' : pattern === digestPattern ? 'digest' : 'text';
    case 'integer':
      return maximum === SEED_LIMIT ? 'seed' : 'whole number';
    case 'number':
      return 'number';
    case 'boolean':
      return 'true or false';
    case 'null':
      return 'null';
    default:
      throw new Error(`Cannot describe a field as its type must be a known one: current value is ${String(type)}`);
  }
}

/** The limits of a field, and those of its items or alternatives, in words; empty when its type says all. */
export function fieldRule(field: JsonSchema): string {
  const part = field.items ?? (typeof field.additionalProperties === 'object' ? field.additionalProperties : undefined);
  const inner = part ? fieldRule(part) : '';
  const limits = [ownRule(field), inner && `each: ${inner}`, ...(field.anyOf ?? []).map(fieldRule)];
  return limits.filter((limit) => limit !== '').join('; ');
}

function ownRule(field: JsonSchema): string {
  const { minimum, exclusiveMinimum, exclusiveMaximum, minItems, maxItems, minLength, maxLength } = field;
  const isNamed = field.pattern === namePattern || field.pattern === digestPattern || field.maximum === SEED_LIMIT;
  if (isNamed || field.prefixItems) return '';
  const maximum = field.maximum === Number.MAX_SAFE_INTEGER ? undefined : field.maximum;
  return [
    range(minimum, maximum, ''),
    exclusiveMinimum === undefined ? '' : `above ${exclusiveMinimum}`,
    exclusiveMaximum === undefined ? '' : `below ${exclusiveMaximum}`,
    range(minItems, maxItems, ' entries'),
    range(minLength, maxLength, ' characters'),
  ]
    .filter((limit) => limit !== '')
    .join(', ');
}

function range(least: number | undefined, most: number | undefined, what: string): string {
  const number = (value: number): string => value.toLocaleString('en-GB');
  if (least !== undefined && most !== undefined) return `${number(least)} to ${number(most)}${what}`;
  if (least !== undefined) return `at least ${number(least)}${what}`;
  return most === undefined ? '' : `at most ${number(most)}${what}`;
}
