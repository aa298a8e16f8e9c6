import { createHash } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Runs work while no other process sets up the same clone; waits for one that does. The lock is a socket in Linux's
 * abstract namespace: the kernel takes it back however its holder ends.
 */
export async function withSetupLock(folder, say, work) {
  const name = `\0titrate-setup-${process.getuid()}-${createHash('sha256').update(folder).digest('hex').slice(0, 32)}`;
  let server = await listen(name);
  if (server === null) say('another process is setting up this clone; waiting for it');
  while (server === null) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    server = await listen(name);
  }
  try {
    return await work();
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

function listen(name) {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve(null) : reject(error)));
    server.listen(name, () => resolve(server));
  });
}
