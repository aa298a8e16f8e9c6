import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { BadUsage } from './exit-codes.ts';

/** A server that a person works with. */
export interface Context {
  readonly server: string;
  readonly token: string;
}

/** Servers by name, and which one is meant when none is named. */
export interface Contexts {
  readonly current: string | null;
  readonly contexts: Readonly<Record<string, Context>>;
}

/** Where contexts are kept: `$XDG_CONFIG_HOME/titrate/contexts.json`, or below `~/.config`. */
export function contextsFile(environment: NodeJS.ProcessEnv): string {
  const home = environment['XDG_CONFIG_HOME'] || join(environment['HOME'] ?? '.', '.config');
  return join(home, 'titrate', 'contexts.json');
}

/** Reads the contexts; none where the file is absent. @throws BadUsage where it is damaged */
export function readContexts(file: string): Contexts {
  if (!existsSync(file)) return { current: null, contexts: {} };
  const text = readFileSync(file, 'utf8');
  try {
    const { current = null, contexts = {} } = JSON.parse(text) as Partial<Contexts>;
    return { current, contexts };
  } catch (error) {
    throw new BadUsage(`Cannot read ${file} as it must be JSON: ${(error as Error).message}. Mend it or remove it.`);
  }
}

/** Writes the contexts whole or not at all, readable by their owner only: tokens are in it. */
export function writeContexts(file: string, contexts: Contexts): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${process.pid}.new`;
  rmSync(fresh, { force: true });
  writeFileSync(fresh, `${JSON.stringify(contexts, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  renameSync(fresh, file);
}

/** Nothing names a server, and no stack runs here. */
export class NoServer extends BadUsage {}

/** What names a server, from the strongest to the weakest. */
export interface Choice {
  readonly server?: string | undefined;
  readonly token?: string | undefined;
  readonly context?: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
  /** Where the search for a stack begins. */
  readonly folder: string;
  /** The running stack of a folder, or null. */
  readonly stackOf: (folder: string) => { apiUrl: string; apiToken: string } | null;
}

/**
 * The server to speak with: `--server` and `--token`; else `--context`; else TITRATE_SERVER and TITRATE_TOKEN; else the stack
 * that runs in this folder or one above it; else the current context.
 *
 * @throws NoServer where none of them names one, with what to do; BadUsage where what names it cannot be right
 */
export function chooseServer(choice: Choice): Context {
  const { environment } = choice;
  const saved = readContexts(contextsFile(environment));
  if (choice.server !== undefined)
    return { server: validUrl(choice.server), token: choice.token ?? tokenFor(saved, choice.server, environment) };
  if (choice.context !== undefined) return withToken(named(saved, choice.context), choice.token);
  const server = environment['TITRATE_SERVER'];
  if (server) return { server: validUrl(server), token: choice.token ?? environment['TITRATE_TOKEN'] ?? '' };
  const stack = stackAbove(choice.folder, choice.stackOf);
  if (stack) return withToken({ server: stack.apiUrl, token: stack.apiToken }, choice.token);
  if (saved.current !== null) return withToken(named(saved, saved.current), choice.token);
  throw new NoServer(
    'Cannot choose a server: no stack runs in this folder and no context is set. Start one with `titrate up`, or name one with --server and --token.',
  );
}

function stackAbove(folder: string, stackOf: Choice['stackOf']): ReturnType<Choice['stackOf']> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const stack = existsSync(join(at, '.titrate')) ? stackOf(at) : null;
    if (stack || at === dirname(at)) return stack;
  }
}

function named({ contexts }: Contexts, name: string): Context {
  const found = contexts[name];
  if (found) return found;
  const known = Object.keys(contexts).join(', ') || 'none yet; add one with `titrate context add`';
  throw new BadUsage(`Cannot use context ${name} as it must be a known one (${known})`);
}

const withToken = (context: Context, token: string | undefined): Context => ({ ...context, token: token ?? context.token });

/** A token is only ever sent to the server that it was given for. */
function tokenFor(saved: Contexts, server: string, environment: NodeJS.ProcessEnv): string {
  const match = Object.values(saved.contexts).find((context) => context.server.replace(/\/+$/, '') === server.replace(/\/+$/, ''));
  return match?.token ?? environment['TITRATE_TOKEN'] ?? '';
}

function validUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new BadUsage(`Cannot use the server as its address must be an http or https URL: current value is ${text}`);
}
