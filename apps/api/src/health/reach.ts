import { connect } from 'node:net';

/** Opens a connection to host:port and closes it. */
export function reach(address: string, patienceMs: number): Promise<void> {
  const at = address.lastIndexOf(':');
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address.slice(0, at), port: Number(address.slice(at + 1)), timeout: patienceMs });
    socket.once('connect', () => resolve());
    socket.once('timeout', () => reject(new Error(`Cannot reach ${address} in time`)));
    socket.once('error', reject);
    const close = () => void socket.destroy();
    socket.once('connect', close).once('timeout', close);
  });
}
