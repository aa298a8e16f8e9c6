import { ObjectAltered, type ArtifactStore } from '@titrate/artifact-store';
import { digestOf, type Digest } from '@titrate/contracts';
import { readDocument } from '../read-document.ts';

/** Reads the manifest that a job says it has left. @throws ObjectAltered when it is not there, or not what its digest says */
export async function registeredManifest<T>(
  store: ArtifactStore,
  what: string,
  key: string,
  digest: Digest,
  schema: Parameters<typeof readDocument<T>>[2],
): Promise<T> {
  const manifest = await readDocument(store, key, schema);
  if (manifest === null || digestOf(manifest) !== digest)
    throw new ObjectAltered(key, `Cannot register ${what} as its manifest must have the digest ${digest}: ${key} has not`);
  return manifest;
}
