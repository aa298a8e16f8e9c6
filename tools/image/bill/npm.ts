import { readFile } from 'node:fs/promises';
import type { Component } from './cyclonedx.ts';

interface Entry {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly link?: boolean;
}

/** The packages in npm's record of an installation (`node_modules/.package-lock.json`); the workspace's own are left out. */
export async function npmComponents(record: string): Promise<Component[]> {
  const { packages } = JSON.parse(await readFile(record, 'utf8')) as { packages: Record<string, Entry> };
  const installed = Object.entries(packages).filter(([path, entry]) => path.includes('node_modules/') && entry.link !== true);
  return installed.map(([path, entry]) => componentOf(entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 13), entry));
}

function componentOf(name: string, { version = '', license, integrity }: Entry): Component {
  const sha512 = integrity?.startsWith('sha512-') ? Buffer.from(integrity.slice(7), 'base64').toString('hex') : undefined;
  return {
    name,
    version,
    purl: `pkg:npm/${name.replace('@', '%40')}@${encodeURIComponent(version)}`,
    licences: license === undefined ? [] : [/^SEE LICENSE/i.test(license) ? { name: license } : { expression: license }],
    ...(sha512 === undefined ? {} : { sha512 }),
  };
}
