import { ObjectAltered, type ArtifactStore } from '@titrate/artifact-store';
import type { StoredObject } from '@titrate/contracts';

type Schema<T> = { parse(value: unknown): T };

/**
 * Reads a JSON document from the store and holds it against its schema, and against its digest where that is known; null when there is none.
 *
 * @throws ObjectAltered when what lies there is no such document: objects are never overwritten, so it will not become one.
 */
export async function readDocument<T>(store: ArtifactStore, what: string | StoredObject, schema: Schema<T>): Promise<T | null> {
  const bytes = await store.read(what);
  return bytes === null ? null : parseDocument(typeof what === 'string' ? what : what.key, bytes, schema);
}

/**
 * Parses the bytes of a document.
 *
 * @throws ObjectAltered when they are no such document.
 */
export function parseDocument<T>(key: string, bytes: Uint8Array, schema: Schema<T>): T {
  try {
    return schema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (error) {
    throw new ObjectAltered(key, `Cannot read ${key} as it must hold a valid document: ${(error as Error).message}`);
  }
}
