import { createServer } from 'node:net';

/** Takes a loopback port for a moment: 0 lets the system choose. Null when somebody else has it. */
async function tryPort(port: number): Promise<number | null> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' || error.code === 'EACCES' ? resolve(null) : reject(error),
    );
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      const address = server.address();
      const chosen = address !== null && typeof address === 'object' ? address.port : port;
      server.close(() => resolve(chosen));
    });
  });
}

/** Whether nobody listens on this loopback port now. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await tryPort(port)) !== null;
}

/**
 * Picks distinct loopback ports that are free now, one for each name. A port of `preferred` is kept when it is still
 * free, so that addresses survive a restart. Nothing reserves the ports until the server listens.
 */
export async function freePorts<Name extends string>(
  names: readonly Name[],
  preferred: Partial<Record<Name, number>> = {},
): Promise<Record<Name, number>> {
  const taken = new Set<number>();
  const ports: Partial<Record<Name, number>> = {};
  for (const name of names) {
    const wanted = preferred[name];
    let port = wanted !== undefined && !taken.has(wanted) ? await tryPort(wanted) : null;
    while (port === null || taken.has(port)) port = await tryPort(0);
    taken.add(port);
    ports[name] = port;
  }
  return ports as Record<Name, number>;
}
