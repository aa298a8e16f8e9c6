import { ApiProblem, type Client } from '@titrate/api-client';
import { reasonOf, type Check } from '@titrate/contracts';
import { VERSION } from '../version.ts';

const part = 'server';

/** No server was named, and none is known: not a fault, as one may be started only now. */
export const noServer: Check = {
  ...{ part, name: 'address', state: 'warning' },
  found: 'none is named, and no stack runs in this folder or above it',
  mend: 'Start one with `npx titrate up`, or name one with --server and --token, or with `titrate context add`.',
};

/** What a server tells of itself and of all that it stands on. Never rejects: a server that cannot be asked is a finding. */
export async function serverChecks(client: Client, server: string): Promise<Check[]> {
  const address = await addressOf(client, server);
  if (address.state === 'failed') return [address];
  try {
    return [address, ...(await client.listChecks()).checks];
  } catch (error) {
    return [address, refusal(error)];
  }
}

async function addressOf(client: Client, server: string): Promise<Check> {
  const head = { part, name: 'address' };
  try {
    const { version } = await client.getVersion();
    const found = `${server}, version ${version}`;
    if (version === VERSION) return { ...head, state: 'ok', found, mend: null };
    const mend = 'Use the command line of the same version: others may not know all that it answers.';
    return { ...head, state: 'warning', found: `${found}; this command line is ${VERSION}`, mend };
  } catch (error) {
    const mend = 'Start the API (`npx titrate up` on this machine, the Deployment in a cluster), or name another server with --server.';
    return { ...head, state: 'failed', found: `${server}: ${reasonOf(error)}`, mend };
  }
}

function refusal(error: unknown): Check {
  const isToken = error instanceof ApiProblem && error.status === 401;
  const mend = isToken
    ? 'Give its token by --token, TITRATE_TOKEN or `titrate context add`.'
    : 'Look at the log of the API; bring it to the version of this command line where it does not know the question.';
  return { part, name: isToken ? 'token' : 'checks', state: 'failed', found: error instanceof Error ? error.message : String(error), mend };
}
