import { createServer, request, type Server } from 'node:http';
import type { Servers } from './servers.ts';

/** What can be done to a program of the rig. */
export type Fault = 'outage' | 'freeze';

/** Takes orders for faults from the tests, which run in other processes than the one that holds the rig. */
export async function serveFaults(socket: string, servers: Servers): Promise<Server> {
  const server = createServer((asked, answer) => {
    const { pathname, searchParams } = new URL(asked.url ?? '/', 'http://rig');
    const done = order(servers, pathname.slice(1), searchParams.get('program') ?? '', Number(searchParams.get('seconds')));
    done.then(
      () => answer.end('done'),
      (error: unknown) => answer.writeHead(400).end((error as Error).message),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, resolve);
  });
  // It waits for orders as long as there is something else to do.
  server.unref();
  return server;
}

async function order(servers: Servers, fault: string, program: string, seconds: number): Promise<void> {
  if (!(seconds >= 0)) throw new Error(`Cannot order a fault as its seconds must be a number from 0: current value is ${seconds}`);
  if (fault === 'outage') return await servers.outage(program, seconds);
  if (fault === 'freeze') return await servers.freeze(program, seconds);
  throw new Error(`Cannot order a fault as it must be outage or freeze: current value is ${fault}`);
}

/** Orders a fault; resolves when it is over and the program works again. */
export async function orderFault(socket: string, fault: Fault, program: string, seconds: number): Promise<void> {
  const path = `/${fault}?program=${encodeURIComponent(program)}&seconds=${seconds}`;
  const { code, text } = await new Promise<{ code: number; text: string }>((resolve, reject) => {
    const asked = request({ socketPath: socket, path, method: 'POST' }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (piece: string) => (body += piece));
      answer.once('end', () => resolve({ code: answer.statusCode ?? 0, text: body }));
      answer.once('error', reject);
    });
    asked.once('error', reject);
    asked.end();
  });
  if (code !== 200) throw new Error(text);
}
