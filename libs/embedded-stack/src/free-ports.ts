import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** Takes a loopback port for a moment. Null when somebody else has it. */
async function tryPort(port: number): Promise<number | null> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' || error.code === 'EACCES' ? resolve(null) : reject(error),
    );
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      server.close(() => resolve(port));
    });
  });
}

/** Whether nobody listens on this loopback port now. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await tryPort(port)) !== null;
}

/** Ports that this process gave away: who asked for one may take seconds until it listens. */
const given = new Set<number>();

/** First port of our own choice, and the first that the system gives to outgoing connections: between them nobody else's pass by. */
const lowest = 15_000;
const firstOfSystem = Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/)[0]);
const highest = firstOfSystem > lowest + 1000 ? firstOfSystem : 65_536;

async function newPort(): Promise<number> {
  for (;;) {
    const port = randomInt(lowest, highest);
    if (!given.has(port) && (await isPortFree(port))) return port;
  }
}

/**
 * Picks distinct loopback ports that are free now, one for each name. A port of `preferred` is kept when it is still
 * free, so that addresses survive a restart. Nothing reserves the ports until the server listens, but this process gives
 * none twice, and the system gives none of them to an outgoing connection meanwhile.
 */
export async function freePorts<Name extends string>(
  names: readonly Name[],
  preferred: Partial<Record<Name, number>> = {},
): Promise<Record<Name, number>> {
  const taken = new Set<number>();
  const ports: Partial<Record<Name, number>> = {};
  for (const name of names) {
    const wanted = preferred[name];
    const kept = wanted !== undefined && !taken.has(wanted) ? await tryPort(wanted) : null;
    const port = kept ?? (await newPort());
    taken.add(port);
    given.add(port);
    ports[name] = port;
  }
  return ports as Record<Name, number>;
}
