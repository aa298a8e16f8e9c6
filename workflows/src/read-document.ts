import type { ArtifactStore } from '@titrate/artifact-store';

/** Reads a JSON document from the store and holds it against its schema; null when there is none. */
export async function readDocument<T>(store: ArtifactStore, key: string, schema: { parse(value: unknown): T }): Promise<T | null> {
  const bytes = await store.read(key);
  return bytes === null ? null : schema.parse(JSON.parse(new TextDecoder().decode(bytes)));
}
