import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ProcessIdentity } from './process-identity.ts';

/** Version of the way in which `.titrate/` is laid out. Raise it with a migration. */
export const LAYOUT = 1;

/** What `stack.json` tells. No secret is in it. */
export const StackState = z.strictObject({
  layout: z.int().positive(),
  phase: z.enum(['starting', 'running', 'stopping', 'stopped']),
  owner: ProcessIdentity.nullable(),
  ports: z.record(z.string(), z.int().min(1).max(65_535)),
  processes: z.record(z.string(), ProcessIdentity),
});
export type StackState = z.infer<typeof StackState>;

/** What `secrets.json` (mode 0600) holds; random, made at the first start. */
export const StackSecrets = z.strictObject({
  apiToken: z.string().min(32),
  storeAccessKeyId: z.string().min(16),
  storeSecretAccessKey: z.string().min(32),
  postgresPassword: z.string().min(16),
});
export type StackSecrets = z.infer<typeof StackSecrets>;

/** A bucket of an S3 store and a key to it. */
export const StoreAddress = z.strictObject({
  endpoint: z.url(),
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
  bucket: z.string().min(3),
});
export type StoreAddress = z.infer<typeof StoreAddress>;

/** The folder cannot be used by this version of Titrate. Nothing was changed. */
export class LayoutRefused extends Error {
  readonly code = 'layout-refused';
  constructor(message: string) {
    super(message);
    this.name = 'LayoutRefused';
  }
}

/** Paths below a stack's folder. */
export interface StackPaths {
  readonly root: string;
  readonly state: string;
  readonly secrets: string;
  /** Where the store is, when the stack works with one that it does not start. */
  readonly otherStore: string;
  readonly logs: string;
  readonly jobs: string;
  readonly cache: string;
  readonly postgres: string;
  readonly seaweedfs: string;
  readonly temporal: string;
}

/** Where everything of a folder's stack lies. The folder must exist. */
export function stackPaths(folder: string): StackPaths {
  const root = join(realpathSync(folder), '.titrate');
  const at = (name: string) => join(root, name);
  return {
    root,
    state: at('stack.json'),
    secrets: at('secrets.json'),
    otherStore: at('other-store.json'),
    logs: at('logs'),
    jobs: at('jobs'),
    cache: at('cache'),
    postgres: at('postgres'),
    seaweedfs: at('seaweedfs'),
    temporal: at('temporal'),
  };
}

/** Writes a file whole or not at all; it was never readable by others. */
function writePrivate(path: string, value: unknown): void {
  const fresh = `${path}.${process.pid}.new`;
  rmSync(fresh, { force: true });
  writeFileSync(fresh, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  renameSync(fresh, path);
}

/** Reads `stack.json`; null when there never was a stack. @throws LayoutRefused when a newer Titrate wrote it, or it is damaged. */
export function readState(paths: StackPaths): StackState | null {
  if (!existsSync(paths.state)) return null;
  const text = readFileSync(paths.state, 'utf8');
  const layout = layoutOf(paths, text);
  if (layout > LAYOUT) throw newer(paths, layout);
  if (layout < LAYOUT) return null;
  return StackState.parse(JSON.parse(text));
}

export function writeState(paths: StackPaths, state: StackState): void {
  writePrivate(paths.state, state);
}

/** Reads the secrets, or makes them. Call it with the lock held. */
export function ensureSecrets(paths: StackPaths): StackSecrets {
  if (existsSync(paths.secrets)) return readSecrets(paths);
  const random = (bytes: number) => randomBytes(bytes).toString('hex');
  const secrets = { apiToken: random(32), storeAccessKeyId: random(10), storeSecretAccessKey: random(20), postgresPassword: random(16) };
  writePrivate(paths.secrets, secrets);
  return secrets;
}

export function readSecrets(paths: StackPaths): StackSecrets {
  return StackSecrets.parse(JSON.parse(readFileSync(paths.secrets, 'utf8')));
}

/** Remembers the store that the stack did not start, for whoever looks at the stack; null forgets it. */
export function writeOtherStore(paths: StackPaths, store: StoreAddress | null): void {
  if (store === null) rmSync(paths.otherStore, { force: true });
  else writePrivate(paths.otherStore, store);
}

/** The store that the stack did not start, or null. */
export function readOtherStore(paths: StackPaths): StoreAddress | null {
  return existsSync(paths.otherStore) ? StoreAddress.parse(JSON.parse(readFileSync(paths.otherStore, 'utf8'))) : null;
}

/** Changes a folder of one layout into the next. */
export type Migrations = Readonly<Record<number, (root: string) => void>>;

/** Migrations by the layout they start from. Layout 1 is the first. */
const migrations: Migrations = {};

/**
 * Makes the folder ready for this version: new, as it is, or migrated. An older layout is copied beside itself before
 * anything is changed, and its path is returned. Call it with the lock held and everything stopped.
 *
 * @throws LayoutRefused when the layout is newer, or older than any migration knows.
 */
export function prepareFolder(paths: StackPaths, target: number = LAYOUT, steps: Migrations = migrations): { copy: string | null } {
  mkdirSync(paths.root, { recursive: true, mode: 0o700 });
  for (const directory of [paths.logs, paths.jobs, paths.cache]) mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (!existsSync(paths.state)) return { copy: null };
  const layout = layoutOf(paths, readFileSync(paths.state, 'utf8'));
  if (layout > target) throw newer(paths, layout);
  if (layout === target) return { copy: null };
  return { copy: migrate(paths, layout, target, steps) };
}

function migrate(paths: StackPaths, from: number, target: number, steps: Migrations): string {
  const path = Array.from({ length: target - from }, (_, index) => steps[from + index]);
  if (path.includes(undefined))
    throw new LayoutRefused(
      `Cannot use ${paths.root} as its layout must be ${target}: current value is ${from}, and no migration leads from there`,
    );
  const copy = `${paths.root}.layout-${from}`;
  if (!existsSync(copy)) {
    cpSync(paths.root, `${copy}.new`, {
      recursive: true,
      preserveTimestamps: true,
      filter: (source) => source !== paths.cache && !source.endsWith('.sock'),
    });
    renameSync(`${copy}.new`, copy);
  }
  for (const step of path) step?.(paths.root);
  const state = JSON.parse(readFileSync(paths.state, 'utf8')) as Record<string, unknown>;
  writePrivate(paths.state, { ...state, layout: target });
  return copy;
}

function layoutOf(paths: StackPaths, text: string): number {
  try {
    return z.looseObject({ layout: z.int().positive() }).parse(JSON.parse(text)).layout;
  } catch (error) {
    throw new LayoutRefused(
      `Cannot use ${paths.root} as stack.json must be a stack's state: ${(error as Error).message}. \`titrate reset\` starts anew.`,
    );
  }
}

function newer(paths: StackPaths, layout: number): LayoutRefused {
  return new LayoutRefused(
    `Cannot use ${paths.root} as its layout must be ${LAYOUT} or older: current value is ${layout}. A newer Titrate made it; use that one.`,
  );
}
