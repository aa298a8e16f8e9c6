import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Component, Licence } from './cyclonedx.ts';

/** The packages that a Debian root's package database calls installed. Licences come from their copyright files. */
export async function debianComponents(root: string): Promise<Component[]> {
  const status = await readFile(join(root, 'var/lib/dpkg/status'), 'utf8');
  const installed = status
    .split('\n\n')
    .map(fieldsOf)
    .filter((fields) => fields['Status'] === 'install ok installed');
  return await Promise.all(installed.map((fields) => componentOf(root, fields)));
}

async function componentOf(root: string, fields: Record<string, string>): Promise<Component> {
  const { Package: name = '', Version: version = '', Architecture: architecture = '' } = fields;
  const maintainer = fields['Maintainer']?.replace(/ <.*/, '');
  return {
    name,
    version,
    purl: `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture}&distro=debian-12`,
    licences: await licencesOf(root, name),
    ...(maintainer === undefined ? {} : { supplier: maintainer }),
  };
}

/** Fields of one entry of a control file; of a field with several lines the first. */
function fieldsOf(entry: string): Record<string, string> {
  return Object.fromEntries([...entry.matchAll(/^([A-Za-z-]+): (.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
}

/** Short names in a copyright file of Debian's machine-readable form; older files are prose, which is not guessed at. */
async function licencesOf(root: string, name: string): Promise<Licence[]> {
  const path = join(root, 'usr/share/doc', name, 'copyright');
  if (!existsSync(path)) return [];
  const text = await readFile(path, 'utf8');
  if (!/^Format:/m.test(text)) return [];
  const names = [...text.matchAll(/^License: *(\S.*)$/gm)].map(([, licence = '']) => licence.trim());
  return [...new Set(names)].sort().map((licence) => ({ name: licence }));
}
