import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { Transform, type Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { outputStream } from './processes.ts';

/** The bytes of a layer, as often as they are asked for: always the same. */
export interface LayerSource {
  /** What the layer brings, in words; becomes the image's history. */
  readonly comment: string;
  open(): { stream: Readable; done: Promise<void> };
}

/** A layer whose digest is known. Layers are stored as they are, so this is the digest of the blob and of its content. */
export interface Layer extends LayerSource {
  readonly digest: string;
  readonly sizeBytes: number;
}

/** A tar file as a layer. */
export function fileLayer(comment: string, path: string): LayerSource {
  return { comment, open: () => ({ stream: createReadStream(path), done: Promise.resolve() }) };
}

/**
 * A folder as a layer: the folder's content lies at the image's root. Names are sorted, times are 0, everything belongs
 * to root and is written by nobody else, links between files are not kept: the same content gives the same bytes
 * wherever, whenever and by whomever it was put there.
 */
export function folderLayer(comment: string, folder: string): LayerSource {
  const fixed = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--mode=u+rwX,go+rX,go-w', '--hard-dereference'];
  const format = ['--format=posix', '--pax-option=delete=atime,delete=ctime,exthdr.name=%d/PaxHeaders/%f'];
  // GNU tar's sort follows the locale, and TAR_OPTIONS would add to what stands here.
  const env = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
  const parameters = ['--create', ...fixed, ...format, '--directory', folder, '.'];
  return { comment, open: () => outputStream('tar', parameters, { env }) };
}

/** Reads a layer once to learn its digest. With a stamp, the digest is remembered there for a source that never changes. */
export async function measured(source: LayerSource, stamp?: string): Promise<Layer> {
  if (stamp !== undefined && existsSync(stamp)) {
    return { ...source, ...(JSON.parse(await readFile(stamp, 'utf8')) as { digest: string; sizeBytes: number }) };
  }
  const meter = new Meter();
  await drain(source, meter);
  const known = { digest: meter.digest(), sizeBytes: meter.sizeBytes };
  if (stamp !== undefined) await writeFile(stamp, JSON.stringify(known));
  return { ...source, ...known };
}

/** Writes a layer and leaves the target open. @throws Error when the bytes are not those that were measured */
export async function writeLayer(layer: Layer, into: Writable): Promise<void> {
  const meter = new Meter();
  const { stream, done } = layer.open();
  await pipeline(stream, meter, into, { end: false });
  await done;
  if (meter.digest() === layer.digest) return;
  throw new Error(`Cannot write the layer '${layer.comment}' as its digest must be ${layer.digest}: current value is ${meter.digest()}`);
}

async function drain(source: LayerSource, meter: Meter): Promise<void> {
  const { stream, done } = source.open();
  await pipeline(stream, meter.resume());
  await done;
}

/** Passes bytes on, counts and hashes them. */
class Meter extends Transform {
  sizeBytes = 0;
  private readonly hash = createHash('sha256');
  private hex: string | undefined;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, next: (error: null, chunk: Buffer) => void): void {
    this.sizeBytes += chunk.length;
    this.hash.update(chunk);
    next(null, chunk);
  }

  /** `sha256:` and the digest of everything that has passed. */
  digest(): string {
    this.hex ??= this.hash.digest('hex');
    return `sha256:${this.hex}`;
  }
}
