import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { folderLayer, measured, writeLayer } from './layer.ts';

let place: string;
beforeAll(async () => (place = await mkdtemp(join(tmpdir(), 'titrate-layer-'))));
afterAll(async () => await rm(place, { recursive: true }));

/** A small tree; its files are made in the order given, at the time given, with the rights that a careless user has. */
async function tree(name: string, order: readonly string[], seconds: number): Promise<string> {
  const folder = join(place, name);
  await mkdir(join(folder, 'opt/bin'), { recursive: true, mode: 0o777 });
  for (const file of order) {
    await writeFile(join(folder, 'opt', file), `content of ${file}`);
    await utimes(join(folder, 'opt', file), seconds, seconds);
    await chmod(join(folder, 'opt', file), file === 'bin/run' ? 0o777 : 0o664);
  }
  await symlink('/usr/bin/python3.11', join(folder, 'opt/python'));
  return folder;
}

async function bytesOf(folder: string): Promise<Buffer> {
  const { stream, done } = folderLayer('test', folder).open();
  const bytes = await buffer(stream);
  await done;
  return bytes;
}

/** A name of more than 100 characters needs a header of its own, in which tar would write its process id. */
const long = `${'long-'.repeat(30)}name.txt`;

describe('a layer made of a folder', () => {
  it('has the same bytes whatever order, time and rights its files were made with', async () => {
    const first = await tree('first', ['a.txt', 'Z.txt', 'bin/run', long], 1_000_000_000);
    const second = await tree('second', [long, 'bin/run', 'Z.txt', 'a.txt'], 1_700_000_000.5);
    await chmod(join(second, 'opt/a.txt'), 0o644);
    expect((await bytesOf(first)).equals(await bytesOf(second))).toBe(true);
  });

  it('belongs to root by number, lies in 1970, is sorted by bytes, and only programs may run', async () => {
    const folder = await tree('listed', ['b.txt', 'A.txt', 'bin/run'], 1_600_000_000);
    const listing = execFileSync('tar', ['--list', '--verbose', '--numeric-owner', '--utc', '--file', '-'], {
      input: await bytesOf(folder),
      encoding: 'utf8',
    });
    const rows = listing
      .trimEnd()
      .split('\n')
      .map((row) => row.split(/\s+/));
    expect(rows.map(([mode, owner, , date, , name]) => [mode, owner, date, name])).toEqual([
      ['drwxr-xr-x', '0/0', '1970-01-01', './'],
      ['drwxr-xr-x', '0/0', '1970-01-01', './opt/'],
      ['-rw-r--r--', '0/0', '1970-01-01', './opt/A.txt'],
      ['-rw-r--r--', '0/0', '1970-01-01', './opt/b.txt'],
      ['drwxr-xr-x', '0/0', '1970-01-01', './opt/bin/'],
      ['-rwxr-xr-x', '0/0', '1970-01-01', './opt/bin/run'],
      ['lrwxr-xr-x', '0/0', '1970-01-01', './opt/python'],
    ]);
  });

  it('refuses to go out with other bytes than were measured', async () => {
    const folder = await tree('changed', ['a.txt', 'bin/run'], 0);
    const layer = await measured(folderLayer('test', folder));
    await writeFile(join(folder, 'opt/a.txt'), 'changed meanwhile');
    const target = new PassThrough();
    target.resume();
    await expect(writeLayer(layer, target)).rejects.toThrow(/^Cannot write the layer 'test' as its digest must be sha256:/);
  });

  it('fails as a whole when tar fails, rather than be short', async () => {
    await expect(measured(folderLayer('test', join(place, 'missing')))).rejects.toThrow(/must end with 0: current value is 2$/);
  });
});
