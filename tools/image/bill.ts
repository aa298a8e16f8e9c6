/**
 * Prints the bill of materials of an image, for builds by a container engine. It needs nothing but Node.
 *
 *   node tools/image/bill.ts TITLE [--debian ROOT] [--python SITE_PACKAGES ...] [--npm RECORD]
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { billOfMaterials, type Component } from './bill/cyclonedx.ts';
import { debianComponents } from './bill/debian.ts';
import { npmComponents } from './bill/npm.ts';
import { pythonComponents } from './bill/python.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { debian: { type: 'string' }, python: { type: 'string', multiple: true }, npm: { type: 'string' } },
});
const [title] = positionals;
if (title === undefined) throw new Error('Cannot write a bill of materials as the title of the image must be given');

const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
const components: Component[][] = await Promise.all([
  values.debian === undefined ? [] : debianComponents(values.debian),
  ...(values.python ?? []).map(pythonComponents),
  values.npm === undefined ? [] : npmComponents(values.npm),
]);
process.stdout.write(billOfMaterials(title, version, components.flat()));
