import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Component, Licence } from './cyclonedx.ts';

/** The distributions in a site-packages folder, from their metadata. */
export async function pythonComponents(site: string): Promise<Component[]> {
  const names = (await readdir(site)).filter((name) => name.endsWith('.dist-info'));
  return await Promise.all(names.map(async (name) => distributionOf(await readFile(join(site, name, 'METADATA'), 'utf8'))));
}

/** The component that a METADATA file (core metadata of the Python packaging guide) describes. */
export function distributionOf(metadata: string): Component {
  const fields = headersOf(metadata);
  const one = (name: string): string => fields.find(([key]) => key === name)?.[1] ?? '';
  const [name, version] = [one('name'), one('version')];
  // The guide's normal form, in which a name is one name however it is spelt.
  const normal = name.toLowerCase().replace(/[-_.]+/g, '-');
  return { name, version, purl: `pkg:pypi/${normal}@${encodeURIComponent(version)}`, licences: licencesOf(fields) };
}

/** An expression says most, the classifiers of the index come next; the old field may hold a whole text: its first line stands for it. */
function licencesOf(fields: readonly (readonly [string, string])[]): Licence[] {
  const all = (name: string): string[] => fields.filter(([key]) => key === name).map(([, value]) => value);
  const [expression] = all('license-expression');
  if (expression !== undefined) return [{ expression }];
  const classified = all('classifier').filter((value) => value.startsWith('License ::'));
  const names = classified.map((value) => value.slice(value.lastIndexOf('::') + 2).trim()).filter((name) => name !== 'OSI Approved');
  if (names.length > 0) return names.map((name) => ({ name }));
  return all('license')
    .filter((name) => name !== '')
    .map((name) => ({ name }));
}

/** Headers as in a mail, up to the first empty line. */
function headersOf(metadata: string): (readonly [string, string])[] {
  const head = metadata.replaceAll('\r\n', '\n').split('\n\n', 1)[0] ?? '';
  return [...head.matchAll(/^([A-Za-z-]+): *(.*)$/gm)].map(([, key = '', value = '']) => [key.toLowerCase(), value.trim()] as const);
}
