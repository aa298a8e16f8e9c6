import { createClient, type Client } from '@titrate/api-client';
import { readStack } from '@titrate/embedded-stack';
import type { Command } from 'commander';
import { chooseServer, type Context } from './contexts.ts';
import { BadUsage } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** What every command stands on. */
export interface Cli {
  readonly terminal: Terminal;
  readonly environment: NodeJS.ProcessEnv;
  /** Where the command was started. */
  readonly folder: string;
}

/** Options that every command takes. */
export interface GlobalOptions {
  readonly server?: string;
  readonly token?: string;
  readonly context?: string;
  readonly json?: boolean;
}

/** A client of the server that options, environment, folder and contexts choose. */
export const connect = (cli: Cli, command: Command): Client => createClient(chosenServer(cli, command));

/** Address and token of that server. @throws NoServer, BadUsage */
export function chosenServer(cli: Cli, command: Command): Context {
  const { server, token, context } = command.optsWithGlobals<GlobalOptions>();
  return chooseServer({ server, token, context, environment: cli.environment, folder: cli.folder, stackOf: readStack });
}

/** Writes a result: as JSON where that was asked for, else in the form for people. */
export function answer(cli: Cli, command: Command, value: unknown, inWords: () => string): void {
  cli.terminal.out(command.optsWithGlobals<GlobalOptions>().json ? JSON.stringify(value, null, 2) : inWords());
}

/** All items of a paged list, or the first `most`. */
export async function allItems<T>(
  read: (query: { cursor?: string; limit: number }) => Promise<{ items: T[]; next: unknown }>,
  most = Infinity,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const { items: found, next } = await read({ ...(cursor === undefined ? {} : { cursor }), limit: Math.min(100, most - items.length) });
    items.push(...found);
    cursor = typeof next === 'string' ? next : undefined;
  } while (cursor !== undefined && items.length < most);
  return items;
}

/** The id that a person means: an id, the beginning of one, the newest sweep of a name, or the newest of all where nothing is said. */
export async function sweepIdFrom(client: Client, said: string | undefined): Promise<string> {
  if (said !== undefined && /^sw-[a-z2-7]{26}$/.test(said)) return said;
  const sweeps = await allItems((query) => client.listSweeps(query), said === undefined ? 1 : 1000);
  const named =
    said === undefined ? sweeps : sweeps.filter(({ id, name }) => name === said || (said.startsWith('sw-') && id.startsWith(said)));
  const [newest] = named;
  if (newest) return newest.id;
  throw new BadUsage(
    said === undefined
      ? 'Cannot choose a sweep as there is none yet; `titrate submit FILE` makes one'
      : `Cannot find a sweep by ${said} as it must be an id, the beginning of one, or a name`,
  );
}
