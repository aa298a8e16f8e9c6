/**
 * Assembles an image from packages, with no container engine: Debian's by mmdebstrap, Python's by uv, npm's by npm, our
 * own sources last. The same content as the Dockerfiles in images/, and the same bytes whenever it is repeated.
 *
 *   node tools/image/assemble.ts trainer|control-plane|python|pause [--name REFERENCE] [--revision COMMIT] [--bill FILE]
 *        --output FILE.tar | - | FOLDER/          an OCI archive, the same on stdout, or an OCI layout
 *        --containerd SOCKET [--namespace k8s.io]  straight into a containerd, without the layers that it has
 *
 * Prints the image's digest; everything else goes to stderr.
 */
import { createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeArchive, writeLayout } from './archive.ts';
import { compose } from './compose.ts';
import { importInto } from './containerd.ts';
import { images } from './images.ts';
import { imageOf, type Image } from './oci.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const say = (message: string): void => void process.stderr.write(`image: ${message}\n`);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    name: { type: 'string' },
    revision: { type: 'string' },
    bill: { type: 'string' },
    output: { type: 'string' },
    containerd: { type: 'string' },
    namespace: { type: 'string', default: 'k8s.io' },
  },
});

/** Makes the image and hands it to where it is wanted. */
async function main(): Promise<void> {
  const [kind = ''] = positionals;
  const contents = images[kind];
  if (contents === undefined)
    throw new Error(`Cannot assemble an image as its name must be one of ${Object.keys(images).join(', ')}: current value is '${kind}'`);
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const composition = await compose(await contents(root), version, values.revision);
  try {
    const image = imageOf(composition.layers, composition.start);
    if (values.bill !== undefined) await writeFile(values.bill, composition.bill);
    await deliver(image, values.name ?? `localhost/titrate-${kind}:dev`);
    (values.output === '-' ? process.stderr : process.stdout).write(`${image.manifest.digest}\n`);
  } finally {
    await composition.dispose();
  }
}

async function deliver(image: Image, name: string): Promise<void> {
  if (values.containerd !== undefined) await importInto(values.containerd, values.namespace, image, name, say);
  if (values.output === undefined) return;
  if (values.output.endsWith('/')) return await writeLayout(image, name, values.output, say);
  const target = values.output === '-' ? process.stdout : createWriteStream(values.output);
  await writeArchive(image, name, target, say);
  if (target !== process.stdout) await finished(target.end());
}

await main();
