import { spawn } from 'node:child_process';
import { writeArchive, type Say } from './archive.ts';
import type { Image } from './oci.ts';
import { ended, output } from './processes.ts';

/**
 * Brings an image into a containerd by its own client, `ctr`, and unpacks it. Layers that its content store holds are
 * not sent again: after a change of the sources that is a second, whatever the image weighs.
 *
 * @param namespace containerd's, `k8s.io` for what a kubelet runs
 */
export async function importInto(socket: string, namespace: string, image: Image, name: string, say: Say): Promise<void> {
  const client = ['--address', socket, '--namespace', namespace];
  const present = new Set((await output('ctr', [...client, 'content', 'list', '--quiet'])).split('\n'));
  const parameters = [...client, 'images', 'import', '-'];
  const child = spawn('ctr', parameters, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdout.pipe(process.stderr, { end: false });
  const done = ended(child, 'ctr', parameters);
  // Who writes into a client that has ended would wait for ever.
  done.catch((error: Error) => child.stdin.destroy(error));
  await Promise.all([done, writeArchive(image, name, child.stdin, say, present).then(() => child.stdin.end())]);
}
