import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { writeArchive, writeLayout } from './archive.ts';
import { sha256 } from './cache.ts';
import { folderLayer, measured } from './layer.ts';
import { imageOf, type Image } from './oci.ts';

let place: string;
let image: Image;
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'titrate-archive-'));
  for (const name of ['lower', 'upper']) {
    await mkdir(join(place, name));
    await writeFile(join(place, name, 'file'), name.repeat(1000));
  }
  const layers = [await measured(folderLayer('lower', join(place, 'lower'))), await measured(folderLayer('upper', join(place, 'upper')))];
  image = imageOf(layers, { User: '65532:65532', Env: ['PATH=/bin'], Cmd: ['run'] });
});
afterAll(async () => await rm(place, { recursive: true }));

async function archive(present?: ReadonlySet<string>): Promise<Buffer> {
  const target = new PassThrough();
  const [bytes] = await Promise.all([
    buffer(target),
    writeArchive(image, 'localhost/x:1', target, () => undefined, present).then(() => target.end()),
  ]);
  return bytes;
}

const members = (bytes: Buffer): string[] => execFileSync('tar', ['-tf', '-'], { input: bytes, encoding: 'utf8' }).trimEnd().split('\n');
const blob = (digest: string): string => `blobs/${digest.replace(':', '/')}`;

describe('an archive of an image', () => {
  it('holds every blob under its digest, and names the image for containerd', async () => {
    const bytes = await archive();
    const digests = [image.manifest.digest, image.configuration.digest, ...image.layers.map((layer) => layer.digest)];
    expect(members(bytes)).toEqual(['oci-layout', 'index.json', ...digests.map(blob)]);
    for (const digest of digests) {
      const content = execFileSync('tar', ['-xOf', '-', blob(digest)], { input: bytes });
      expect(`sha256:${sha256(content)}`).toBe(digest);
    }
    const index = JSON.parse(execFileSync('tar', ['-xOf', '-', 'index.json'], { input: bytes, encoding: 'utf8' }));
    expect(index.manifests[0].annotations['io.containerd.image.name']).toBe('localhost/x:1');
  });

  it('leaves out layers that its reader has', async () => {
    const [lower] = image.layers;
    const all = members(await archive());
    expect(members(await archive(new Set([lower!.digest])))).toEqual(all.filter((name) => name !== blob(lower!.digest)));
  });

  it('is the same twice', async () => {
    expect((await archive()).equals(await archive())).toBe(true);
  });
});

it('a layout is a folder that skopeo reads as the same image', async () => {
  const folder = join(place, 'layout');
  await writeLayout(image, 'localhost/x:1', folder, () => undefined);
  const index = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8'));
  expect(index.manifests[0].digest).toBe(image.manifest.digest);
  const manifest = JSON.parse(await readFile(join(folder, blob(image.manifest.digest)), 'utf8'));
  for (const { digest, size } of [manifest.config, ...manifest.layers]) {
    const content = await readFile(join(folder, blob(digest)));
    expect([`sha256:${sha256(content)}`, content.length]).toEqual([digest, size]);
  }
});
