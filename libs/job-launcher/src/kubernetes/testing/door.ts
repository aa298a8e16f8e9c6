import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect as connectTo, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';

/** A way to the API server that can be shut, as when the server is killed: connections break, and nothing answers until it is open again. */
export interface Door extends AsyncDisposable {
  /** A kubeconfig file that goes through the door. */
  readonly kubeconfig: string;
  shut(): void;
  open(): Promise<void>;
}

export async function openDoor(config: KubeConfig): Promise<Door> {
  const { server, user } = { server: new URL(config.getCurrentCluster()!.server), user: config.getCurrentUser()! };
  const sockets = new Set<Socket>();
  const pass = (near: Socket): void => {
    const far = connectTo(Number(server.port || 443), server.hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => sockets.delete(socket));
      socket.pipe(other);
    }
  };
  let gate: Server = createServer(pass);
  const listen = (port: number): Promise<void> => new Promise((resolve) => gate.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = gate.address() as AddressInfo;
  const shut = (): void => {
    gate.close();
    for (const socket of sockets) socket.destroy();
  };
  const folder = await mkdtemp(join(tmpdir(), 'titrate-door-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const through = new KubeConfig();
  through.loadFromClusterAndUser({ name: 'door', server: `https://127.0.0.1:${port}`, skipTLSVerify: true }, user);
  await writeFile(kubeconfig, through.exportConfig());
  return {
    kubeconfig,
    shut,
    async open() {
      gate = createServer(pass);
      await listen(port);
    },
    async [Symbol.asyncDispose]() {
      shut();
      await rm(folder, { recursive: true });
    },
  };
}
