import type { ArtifactStore } from '@titrate/artifact-store';
import type { CorpusSource, StoredObject } from '@titrate/contracts';
import { invalid } from '../http/fault.ts';

/**
 * What can be told of a source now: uploads are there, and a prefix of the own bucket holds something. Other buckets are the job's to read.
 *
 * @throws Fault 400 with the field that is wrong.
 */
export async function mustBeReadable(artifacts: ArtifactStore, source: CorpusSource): Promise<void> {
  if (source.kind === 'uploads') {
    for (const [index, { object }] of source.files.entries()) await mustExist(artifacts, `source.files.${index}.object`, object);
    return;
  }
  if (source.bucket !== artifacts.bucket) return;
  if (/^(bases|corpora|jobs|runs|sweeps|uploads)(\/|$)/.test(source.prefix))
    throw invalid('source.prefix', 'must lie beside what Titrate keeps in its bucket', source.prefix);
  for await (const _found of artifacts.list(source.prefix)) return;
  throw invalid('source.prefix', 'must be the key of an object, or a prefix of some, in the store; there is none', source.prefix);
}

/**
 * An object that was uploaded: its key, and its size, which the store knows. The digest is checked by the job that reads it.
 *
 * @throws Fault 400 with the field that is wrong.
 */
export async function mustExist(artifacts: ArtifactStore, field: string, object: StoredObject): Promise<void> {
  if (!/^uploads\/[0-9a-f-]{36}$/.test(object.key)) throw invalid(`${field}.key`, 'must be the key of an upload', object.key);
  for await (const { key, sizeBytes } of artifacts.list(object.key)) {
    if (key !== object.key) continue;
    if (sizeBytes !== object.sizeBytes)
      throw invalid(`${field}.sizeBytes`, `must be the size of the uploaded object, ${sizeBytes}`, object.sizeBytes);
    return;
  }
  throw invalid(`${field}.key`, 'must be the key of an uploaded object; there is none', object.key);
}
