import { fieldRule, fieldType, type JsonSchema } from './field-words.ts';

/** A table to come: the fields of one object, under a heading. */
interface Section {
  readonly path: string;
  readonly schema: JsonSchema;
}

/**
 * Markdown tables for a document: one for its own fields, then one for each object in it, from the outside in. Objects
 * with equal fields share the table of the first.
 *
 * @param root goes before the headings of the parts, so that those of several documents differ.
 */
export function documentTables(root: string, schema: JsonSchema): string {
  const sections = sectionsOf(schema);
  const headings = new Map(sections.map(({ path, schema: part }) => [fieldsKey(part), headingOf(root, path)]));
  return sections.map((section) => sectionText(root, section, headings)).join('\n\n');
}

/** Objects of a document, breadth first, so that the outer one of two equal objects gets the table. */
function sectionsOf(schema: JsonSchema): Section[] {
  const sections: Section[] = [{ path: '', schema }];
  const known = new Set([fieldsKey(schema)]);
  for (const { path, schema: part } of sections) {
    for (const [name, field] of Object.entries(part.properties ?? {})) {
      for (const inner of objectsIn(field, path === '' ? name : `${path}.${name}`)) {
        if (known.has(fieldsKey(inner.schema))) continue;
        known.add(fieldsKey(inner.schema));
        sections.push(inner);
      }
    }
  }
  return sections;
}

/** The objects that a field holds: itself, its items, its alternatives (told apart by their constant `kind`). */
function objectsIn(field: JsonSchema, path: string): Section[] {
  if (field.properties) return [{ path, schema: field }];
  if (field.items) return objectsIn(field.items, `${path}[]`);
  return (field.anyOf ?? field.oneOf ?? []).flatMap((choice) => {
    const kind = choice.properties?.['kind']?.const;
    return objectsIn(choice, kind === undefined ? path : `${path} (${String(kind)})`);
  });
}

const fieldsKey = (schema: JsonSchema): string => JSON.stringify(schema.properties);

const headingOf = (root: string, path: string): string => [root, path].filter((part) => part !== '').join(': ');

/** The anchor that GitHub gives to a heading. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');

function sectionText(root: string, { path, schema }: Section, headings: ReadonlyMap<string, string>): string {
  const linkTo = (part: JsonSchema): string => {
    const heading = headings.get(fieldsKey(part)) as string;
    return `[${heading}](#${anchorOf(heading)})`;
  };
  const rows = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const isRequired = schema.required?.includes(name) ?? false;
    const cells = [`\`${name}\``, fieldType(field, linkTo), defaultOf(field, isRequired), fieldRule(field), field.description ?? ''];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  const table = ['| Field | Type | Default | Rule | Meaning |', '|---|---|---|---|---|', ...rows].join('\n');
  return path === '' ? table : `### ${headingOf(root, path)}\n\n${table}`;
}

function defaultOf(field: JsonSchema, isRequired: boolean): string {
  if (isRequired) return 'required';
  if (field.default === undefined) return 'none';
  return standsInOwnTable(field) ? 'see there' : `\`${JSON.stringify(field.default)}\``;
}

/** Whether the default of an object is no more than the defaults of its fields, which its own table tells. */
function standsInOwnTable({ properties, default: value }: JsonSchema): boolean {
  if (properties === undefined) return false;
  return Object.entries(value as object).every(([name, part]) => {
    const field = properties[name];
    return JSON.stringify(part) === JSON.stringify(field?.default ?? field?.const);
  });
}
