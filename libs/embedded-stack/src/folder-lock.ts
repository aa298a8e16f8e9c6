import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/** A lock that this process holds. */
export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Takes the lock of a folder, or returns null when another process has it.
 *
 * The lock is a listening socket in Linux's abstract namespace: the kernel gives it to one process at a time and takes
 * it back when that process ends, however it ends. No lock file can go stale, and no pid is ever mistaken for another.
 */
export async function takeFolderLock(folder: string): Promise<FolderLock | null> {
  const name = `\0titrate-${process.getuid?.() ?? 0}-${createHash('sha256').update(folder).digest('hex').slice(0, 32)}`;
  const server = createServer((socket) => socket.destroy());
  const taken = await listen(server, name);
  if (!taken) return null;
  server.unref();
  return { release: async () => await new Promise((resolve) => server.close(() => resolve())) };
}

async function listen(server: Server, name: string): Promise<boolean> {
  return await new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error)));
    server.listen(name, () => resolve(true));
  });
}
