import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { billOfMaterials, type Component } from './bill/cyclonedx.ts';
import type { Layer } from './layer.ts';
import { folderLayer, measured } from './layer.ts';
import type { Start } from './oci.ts';

/** What an image is made of, before the last layer. */
export interface Contents {
  /** Layers below the sources, from the lowest up. */
  readonly layers: readonly Layer[];
  /** Puts our own files into the folder that becomes the last layer. */
  readonly addSources: (folder: string) => Promise<void>;
  readonly components: readonly Component[];
  readonly start: Start;
  readonly title: string;
  readonly description: string;
}

/** Layers, start and bill of materials of an image; `dispose` removes what was made for this build alone. */
export interface Composition {
  readonly layers: readonly Layer[];
  readonly start: Start;
  readonly bill: string;
  dispose(): Promise<void>;
}

/** Makes the last layer: the sources and the bill of materials of the whole image. */
export async function compose(contents: Contents, version: string, revision: string | undefined): Promise<Composition> {
  const folder = await mkdtemp(join(tmpdir(), 'titrate-image-'));
  const bill = billOfMaterials(contents.title, version, contents.components);
  await contents.addSources(folder);
  const path = join(folder, 'usr/share/sbom', `${contents.title}.cdx.json`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bill);
  const sources = await measured(folderLayer('Titrate', folder));
  return {
    layers: [...contents.layers, sources],
    start: { ...contents.start, Labels: labels(contents, version, revision) },
    bill,
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Annotations of the OCI image specification, as labels: that is where registries and scanners look. */
function labels(contents: Contents, version: string, revision: string | undefined): Record<string, string> {
  const name = 'org.opencontainers.image';
  return {
    [`${name}.title`]: contents.title,
    [`${name}.description`]: contents.description,
    [`${name}.licenses`]: 'Apache-2.0',
    [`${name}.vendor`]: 'Titrate',
    [`${name}.version`]: version,
    ...(revision === undefined ? {} : { [`${name}.revision`]: revision }),
  };
}
