import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Writable } from 'node:stream';
import { writeLayer } from './layer.ts';
import { indexOf, layoutMark, type Image } from './oci.ts';

/** What is told while large layers are written. */
export type Say = (message: string) => void;

/**
 * Writes an image as an OCI archive (a tar of an OCI layout) and leaves the target open. Nothing is kept in memory or on
 * disk on the way. Layers in `present` are left out: the one who reads the archive has them.
 */
export async function writeArchive(
  image: Image,
  name: string,
  into: Writable,
  say: Say,
  present: ReadonlySet<string> = new Set(),
): Promise<void> {
  await writeMember(into, 'oci-layout', layoutMark);
  await writeMember(into, 'index.json', indexOf(image, name));
  for (const blob of [image.manifest, image.configuration]) await writeMember(into, blobPath(blob.digest), blob.bytes);
  for (const layer of image.layers) {
    if (present.has(layer.digest)) continue;
    say(`writing ${layer.comment}: ${megabytes(layer.sizeBytes)}`);
    await send(into, header(blobPath(layer.digest), layer.sizeBytes));
    await writeLayer(layer, into);
    await send(into, padding(layer.sizeBytes));
  }
  await send(into, Buffer.alloc(1024));
}

/** Writes an image as an OCI layout into a folder, where `skopeo copy oci:FOLDER:TAG` finds it. */
export async function writeLayout(image: Image, name: string, folder: string, say: Say): Promise<void> {
  const blobs = join(folder, 'blobs/sha256');
  await mkdir(blobs, { recursive: true });
  for (const blob of [image.manifest, image.configuration]) await writeFile(join(folder, blobPath(blob.digest)), blob.bytes);
  for (const layer of image.layers) {
    say(`writing ${layer.comment}: ${megabytes(layer.sizeBytes)}`);
    const file = createWriteStream(join(folder, blobPath(layer.digest)));
    await writeLayer(layer, file);
    await finished(file.end());
  }
  await writeFile(join(folder, 'oci-layout'), layoutMark);
  await writeFile(join(folder, 'index.json'), indexOf(image, name));
}

/** A size in words: `4,812 MB`. */
export function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6).toLocaleString('en')} MB`;
}

const blobPath = (digest: string): string => `blobs/${digest.replace(':', '/')}`;

async function writeMember(into: Writable, name: string, content: Buffer): Promise<void> {
  await send(into, Buffer.concat([header(name, content.length), content, padding(content.length)]));
}

async function send(into: Writable, bytes: Buffer): Promise<void> {
  if (!into.write(bytes)) await once(into, 'drain');
}

const padding = (size: number): Buffer => Buffer.alloc((512 - (size % 512)) % 512);

/** Header of a plain file in the ustar format. Its size field ends below 8 GiB, which no layer reaches. */
function header(name: string, size: number): Buffer {
  if (size >= 8 ** 11) throw new Error(`Cannot write ${name} as a layer must be smaller than 8 GiB: current value is ${size} bytes`);
  const block = Buffer.alloc(512);
  block.write(name, 0);
  block.write('0000644\0', 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write('        0', 148);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
