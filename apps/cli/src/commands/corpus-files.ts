import { createReadStream, readdirSync, statSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import type { Client } from '@titrate/api-client';
import type { CorpusFormat, CorpusSource, StoredObject } from '@titrate/contracts';
import { BadUsage } from '../exit-codes.ts';
import { bytes } from '../render/numbers.ts';
import type { Terminal } from '../terminal.ts';

/** How names of files end, by format; `.gz` and `.zst` may follow. The trainer goes by the same for objects of a store. */
const ENDINGS: Readonly<Record<CorpusFormat | 'checkpoint', RegExp>> = {
  text: /\.(txt|text|md)$/,
  jsonl: /\.(jsonl|ndjson|json)$/,
  chat: /\.(jsonl|ndjson|json)$/,
  parquet: /\.parquet$/,
  tokens: /\.(npy|bin)$/,
  checkpoint: /\.(json|safetensors|distcp|metadata)$/,
};

/** A file to send. */
export interface LocalFile {
  /** Its path below the folder that was named, with slashes. */
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
}

/** The format that a name speaks of; text where it says nothing. */
export function formatOf(source: string): CorpusFormat {
  const plain = source.toLowerCase().replace(/\.(gz|zst)$/, '');
  return (['jsonl', 'parquet', 'tokens'] as const).find((format) => ENDINGS[format].test(plain)) ?? 'text';
}

/** What `corpus add` or `base add` was given: objects of a store, or the files of this machine by name. @throws BadUsage where there are none */
export function filesOf(
  sources: readonly string[],
  format: CorpusFormat | 'checkpoint',
): Extract<CorpusSource, { kind: 'store' }> | { readonly kind: 'files'; readonly files: readonly LocalFile[] } {
  const [, bucket, prefix] = /^s3:\/\/([^/]+)\/(.+)$/.exec(sources[0]!) ?? [];
  if (bucket !== undefined && sources.length === 1) return { kind: 'store', bucket, prefix: prefix! };
  if (sources.some((source) => source.startsWith('s3://')))
    throw new BadUsage('Cannot register the text as it must be files and folders, or one s3://BUCKET/PREFIX');
  const files = sources.flatMap((source) => filesBelow(source, ENDINGS[format]));
  if (files.length === 0)
    throw new BadUsage(`Cannot find a file of format ${format} in ${sources.join(', ')}: names must end ${ENDINGS[format].source}`);
  return { kind: 'files', files };
}

/** A file that was named itself is taken whatever its name is. */
function filesBelow(source: string, ending: RegExp): LocalFile[] {
  if (!statOf(source).isDirectory()) return [localFile(basename(source), source)];
  const paths = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name.toLowerCase().replace(/\.(gz|zst)$/, '')))
    .map((entry) => join(entry.parentPath, entry.name));
  return paths.sort().map((path) => localFile(relative(source, path).split(sep).join('/'), path));
}

function localFile(name: string, path: string): LocalFile {
  const sizeBytes = statOf(path).size;
  if (sizeBytes === 0) throw new BadUsage(`Cannot send ${path}: it is empty`);
  return { name, path, sizeBytes };
}

function statOf(path: string) {
  try {
    return statSync(path);
  } catch (error) {
    throw new BadUsage(`Cannot send ${path}: ${(error as Error).message}`);
  }
}

/** Streams a file and shows how far it is. */
export async function uploadFile(client: Client, terminal: Terminal, path: string): Promise<StoredObject> {
  const { size } = statOf(path);
  const body = createReadStream(path);
  let [sent, shown] = [0, 0];
  body.on('data', (chunk) => {
    sent += chunk.length;
    if (sent - shown < 50e6) return;
    shown = sent;
    terminal.say(`  ${bytes(sent)} of ${bytes(size)}`);
  });
  return client.uploadObject(body);
}
