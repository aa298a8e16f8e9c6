import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { describedValues, type DescribedValue } from './described-values.ts';
import { ChartValues } from './values-schema.ts';

/** Where the chart lies. */
export const chartFolder = fileURLToPath(new URL('../../charts/titrate/', import.meta.url));

/** What is made from the chart's values.yaml and the contracts, by file name. */
export function chartFiles(): Record<'values.schema.json' | 'README.md', string> {
  const described = describedValues(readFileSync(join(chartFolder, 'values.yaml'), 'utf8'));
  return { 'values.schema.json': schemaText(described), 'README.md': readmeText(described) };
}

type Json = { properties?: Record<string, Json>; description?: string };

/** The schema that Helm checks values against, with the words of values.yaml for editors. */
function schemaText(described: readonly DescribedValue[]): string {
  const schema = z.toJSONSchema(ChartValues, { io: 'input', target: 'draft-2020-12' }) as Json;
  for (const { path, description } of described) {
    const at = path.split('.').reduce<Json | undefined>((inside, key) => inside?.properties?.[key], schema);
    if (at !== undefined) at.description = description;
  }
  return `${JSON.stringify(schema, null, 2)}\n`;
}

const BEGIN = '<!-- values: made by `npm run generate` from values.yaml -->';
const END = '<!-- end of values -->';

/** The README with its table made anew; the text around it is written by people. */
function readmeText(described: readonly DescribedValue[]): string {
  const text = readFileSync(join(chartFolder, 'README.md'), 'utf8');
  const [before, after] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (before === -1 || after < before) throw new Error(`Cannot make charts/titrate/README.md as it must hold "${BEGIN}" and "${END}"`);
  const rows = described.map(
    (value) => `| \`${value.path}\` | ${typeOf(value.fallback)} | ${cell(value.fallback)} | ${value.description} |`,
  );
  const table = ['| Key | Type | Default | Description |', '| --- | --- | --- | --- |', ...rows].join('\n');
  return `${text.slice(0, before)}${BEGIN}\n\n${table}\n\n${text.slice(after)}`;
}

const typeOf = (value: unknown): string => (Array.isArray(value) ? 'list' : typeof value);
const cell = (value: unknown): string => `\`${JSON.stringify(value).replaceAll('|', '\\|')}\``;
