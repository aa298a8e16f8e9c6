import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';

/** An entry of a tar archive: a file with its content, or a symbolic link to elsewhere. Owned by root. */
export type TarEntry = { readonly path: string; readonly mode?: number } & ({ readonly content: Buffer } | { readonly link: string });

const BLOCK = 512;

/** Writes a tar archive (POSIX ustar). Paths must be shorter than 100 bytes. Times are zero: equal entries give equal bytes. */
export function tar(entries: readonly TarEntry[]): Buffer {
  const pieces = entries.flatMap((entry) => {
    const content = 'content' in entry ? entry.content : Buffer.alloc(0);
    return [header(entry, content.length), content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
  });
  return Buffer.concat([...pieces, Buffer.alloc(2 * BLOCK)]);
}

function header(entry: TarEntry, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`;
  block.write(entry.path, 0);
  block.write(octal(entry.mode ?? 0o644, 8) + octal(0, 8) + octal(0, 8) + octal(size, 12) + octal(0, 12), 100);
  block.write('        ', 148);
  block.write('link' in entry ? '2' : '0', 156);
  if ('link' in entry) block.write(entry.link, 157);
  block.write('ustar\x0000', 257);
  block.write(
    `${octal(
      block.reduce((sum, byte) => sum + byte, 0),
      7,
    )} `,
    148,
  );
  return block;
}

/** What an image is made of. */
export interface ImagePlan {
  /** Full reference, as in `localhost/pause:1`. */
  readonly name: string;
  /** Tar archives, the lowest first. */
  readonly layers: readonly Buffer[];
  readonly path: string;
  readonly command: readonly string[];
  readonly user: string;
}

/** Writes an image as an archive in OCI's layout, which containerd imports under the image's name. */
export function writeImage(file: string, plan: ImagePlan): void {
  const blobs = new Map<string, Buffer>();
  const put = (bytes: Buffer): { digest: string; size: number } => {
    const hex = createHash('sha256').update(bytes).digest('hex');
    blobs.set(hex, bytes);
    return { digest: `sha256:${hex}`, size: bytes.length };
  };
  const json = (value: object): Buffer => Buffer.from(JSON.stringify(value));
  const type = (name: string): string => `application/vnd.oci.image.${name}`;
  const layers = plan.layers.map((layer) => ({ mediaType: type('layer.v1.tar'), ...put(layer) }));
  const config = json({
    architecture: 'amd64',
    os: 'linux',
    config: { Env: [`PATH=${plan.path}`], Cmd: plan.command, User: plan.user, WorkingDir: '/' },
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
  });
  const manifestType = type('manifest.v1+json');
  const manifest = { schemaVersion: 2, mediaType: manifestType, config: { mediaType: type('config.v1+json'), ...put(config) }, layers };
  const named = { mediaType: manifestType, ...put(json(manifest)), annotations: { 'io.containerd.image.name': plan.name } };
  const entries = [...blobs].map(([hex, content]) => ({ path: `blobs/sha256/${hex}`, content }));
  const layout = { path: 'oci-layout', content: json({ imageLayoutVersion: '1.0.0' }) };
  const index = { path: 'index.json', content: json({ schemaVersion: 2, manifests: [named] }) };
  writeFileSync(file, tar([layout, index, ...entries]));
}
