import { sha256 } from './cache.ts';
import type { Layer } from './layer.ts';

/** How containers of an image start; the names are those of the OCI image configuration. */
export interface Start {
  readonly User?: string;
  readonly Env: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly WorkingDir?: string;
  readonly Labels?: Readonly<Record<string, string>>;
}

/** A small blob of an image: its configuration, its manifest. */
export interface Blob {
  readonly digest: string;
  readonly bytes: Buffer;
}

/** An image of the OCI image specification 1.1: layers from the lowest up, configuration and manifest. */
export interface Image {
  readonly layers: readonly Layer[];
  readonly configuration: Blob;
  readonly manifest: Blob;
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const CONFIGURATION = 'application/vnd.oci.image.config.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar';
const created = '1970-01-01T00:00:00Z';

/** Builds the image of some layers. Its digest is that of its manifest, and depends on layers and start alone. */
export function imageOf(layers: readonly Layer[], start: Start): Image {
  const configuration = blobOf({
    created,
    architecture: 'amd64',
    os: 'linux',
    config: start,
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.digest) },
    history: layers.map((layer) => ({ created, created_by: 'tools/image/assemble.ts', comment: layer.comment })),
  });
  const manifest = blobOf({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: { mediaType: CONFIGURATION, digest: configuration.digest, size: configuration.bytes.length },
    layers: layers.map((layer) => ({ mediaType: LAYER, digest: layer.digest, size: layer.sizeBytes })),
  });
  return { layers, configuration, manifest };
}

/** The index of a layout that holds one image; containerd takes the name from the first annotation, skopeo from the second. */
export function indexOf(image: Image, name: string): Buffer {
  const annotations = { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': name.slice(name.lastIndexOf(':') + 1) };
  const platform = { architecture: 'amd64', os: 'linux' };
  const entry = { mediaType: MANIFEST, digest: image.manifest.digest, size: image.manifest.bytes.length, platform, annotations };
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [entry] }));
}

/** The file that says that a folder or an archive is an OCI layout. */
export const layoutMark = Buffer.from('{"imageLayoutVersion":"1.0.0"}');

function blobOf(value: unknown): Blob {
  const bytes = Buffer.from(JSON.stringify(value));
  return { digest: `sha256:${sha256(bytes)}`, bytes };
}
