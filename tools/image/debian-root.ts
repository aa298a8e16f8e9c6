import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached } from './cache.ts';
import { fileLayer, measured, type Layer } from './layer.ts';
import { run } from './processes.ts';
import { userId } from './starts.ts';

/** A Debian root: as a layer, and unpacked, to look into it and to run its programs. */
export interface DebianRoot {
  readonly layer: Layer;
  /** Device nodes are left out; nothing is run in it as root. */
  readonly folder: string;
}

const SUITE = 'bookworm';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const MIRROR = 'http://deb.debian.org';

/** What nobody reads in a container. Licences stay. */
const LEFT_OUT = [
  '/usr/share/man/*',
  '/usr/share/info/*',
  '/usr/share/locale/*',
  '/usr/share/doc/*',
  '/usr/share/bash-completion/*',
  '/usr/share/lintian/*',
];

/**
 * The Debian root that holds the packages of a list, made by mmdebstrap in the way of reproducible builds (times are 0)
 * and kept by list and sources. The versions are those of the archive on the day it is made; a
 * `TITRATE_DEBIAN_MIRROR` such as a day of snapshot.debian.org holds them still.
 */
export async function debianRoot(packages: readonly string[]): Promise<DebianRoot> {
  const mirror = process.env['TITRATE_DEBIAN_MIRROR'] ?? MIRROR;
  const folder = await cached('debian', [packages, SUITE, mirror, LEFT_OUT, userId], (beside) => bootstrap(beside, packages, mirror));
  const layer = await measured(fileLayer(`Debian ${SUITE}`, join(folder, 'root.tar')), join(folder, 'layer.json'));
  return { layer, folder: join(folder, 'root') };
}

/** Names in a list of packages; a line's words after `#` are a remark. */
export async function readPackages(list: string): Promise<string[]> {
  const lines = (await readFile(list, 'utf8')).split('\n');
  return lines.map((line) => line.replace(/#.*/, '').trim()).filter((line) => line !== '');
}

async function bootstrap(folder: string, packages: readonly string[], mirror: string): Promise<void> {
  await writeFile(join(folder, 'debian.sources'), sources(mirror));
  await run('mmdebstrap', [...options(packages), SUITE, join(folder, 'root.tar'), join(folder, 'debian.sources')], {
    env: { ...process.env, SOURCE_DATE_EPOCH: '0' },
  });
  await mkdir(join(folder, 'root'));
  const unpack = ['--extract', '--file', join(folder, 'root.tar'), '--directory', join(folder, 'root'), '--no-same-owner'];
  await run('tar', [...unpack, '--exclude=./dev/*']);
}

function options(packages: readonly string[]): string[] {
  const user = `titrate:x:${userId}:${userId}:Titrate:/nonexistent:/usr/sbin/nologin`;
  // The hook makes a merged /usr without the package that needs all of Perl for it.
  const merged = '/usr/share/mmdebstrap/hooks/merged-usr';
  return [
    '--variant=essential',
    '--quiet',
    ...(existsSync(merged) ? [`--hook-dir=${merged}`, '--include=usr-is-merged'] : []),
    `--include=${packages.join(',')}`,
    ...LEFT_OUT.map((path) => `--dpkgopt=path-exclude=${path}`),
    '--dpkgopt=path-include=/usr/share/doc/*/copyright',
    `--customize-hook=echo '${user}' >> "$1/etc/passwd"; echo 'titrate:x:${userId}:' >> "$1/etc/group"`,
    '--customize-hook=rm -rf "$1"/var/log/* "$1"/var/cache/* "$1"/etc/machine-id "$1"/etc/hostname "$1"/etc/resolv.conf "$1"/var/lib/dpkg/*-old',
    '--skip=output/dev',
  ];
}

function sources(mirror: string): string {
  const entry = (path: string, suites: string): string =>
    `Types: deb\nURIs: ${mirror}/${path}\nSuites: ${suites}\nComponents: main\nSigned-By: ${KEYRING}\n`;
  return [entry('debian', `${SUITE} ${SUITE}-updates`), entry('debian-security', `${SUITE}-security`)].join('\n');
}
