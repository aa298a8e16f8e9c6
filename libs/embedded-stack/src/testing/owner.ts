/** Owns the servers of the folder that the first argument names, until it is signalled. A process of its own, for tests that kill it. */
import { ensureStack } from '../index.ts';

const [folder] = process.argv.slice(2);
const { startedHere } = await ensureStack(folder as string, ({ message }) => process.stdout.write(`${message}\n`), { serversOnly: true });
process.stdout.write(startedHere ? 'OWNER\n' : 'GUEST\n');
// Keeps the process alive; only a signal ends it.
setInterval(() => undefined, 60_000);
