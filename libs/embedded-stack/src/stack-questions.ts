import { existsSync, statfsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Finding, Question } from '@titrate/contracts';
import { isAlive } from './process-identity.ts';
import { accepts } from './server.ts';
import { NEEDED_BYTES } from './stack.ts';
import { readState, stackPaths, type StackState } from './stack-folder.ts';

/** Below this a sweep of small models soon fills the disk. */
const SCARCE_BYTES = 5e9;

/** What an embedded stack needs of the folder and the machine that it is to run on, or runs on. */
export function stackQuestions(folder: string): Question[] {
  const part = 'here';
  return [
    {
      ...{ part, name: 'stack' },
      mend: 'Use the version of Titrate that made the folder, or another folder; `titrate reset` removes all that it holds.',
      ask: async () => stackOf(stateOf(folder)),
    },
    {
      ...{ part, name: 'disk' },
      mend: 'Make room: a start is refused below 512 MB, and what runs stops where the disk is full. `titrate delete` frees what a sweep stored.',
      ask: async () => diskOf(folder),
    },
    {
      ...{ part, name: 'ports' },
      mend: 'Look at .titrate/logs: a part that ends by itself is started again, and stays down when it ends too often. `titrate down` and `up` start all anew.',
      ask: async () => portsOf(stateOf(folder)),
    },
  ];
}

function stateOf(folder: string): StackState | null {
  return existsSync(folder) ? readState(stackPaths(folder)) : null;
}

const isRunning = (state: StackState): boolean => state.phase === 'running' && state.owner !== null && isAlive(state.owner);

function stackOf(state: StackState | null): string | Finding {
  if (state === null) return 'none in this folder yet';
  if (isRunning(state)) return `runs, owned by process ${state.owner!.pid}`;
  if (state.phase === 'stopped') return 'stopped';
  if (state.owner !== null && isAlive(state.owner)) return `is ${state.phase}`;
  return {
    state: 'warning',
    found: `its owner was ended while it was ${state.phase}`,
    mend: '`titrate up` clears what was left, and goes on with every sweep.',
  };
}

/** Free bytes of the disk below a folder that may not be there yet. */
function diskOf(folder: string): string | Finding {
  let place = resolve(folder);
  while (!existsSync(place)) place = dirname(place);
  const { bavail, bsize } = statfsSync(place);
  const free = bavail * bsize;
  const found = `${(free / 1e9).toFixed(1)} GB free at ${place}`;
  if (free < NEEDED_BYTES) return { state: 'failed', found };
  return free < SCARCE_BYTES ? { state: 'warning', found } : found;
}

async function portsOf(state: StackState | null): Promise<string | Finding> {
  if (state === null) return 'none chosen yet: free ones are found';
  const ports = Object.entries(state.ports);
  // Knocked at rather than taken for a moment: a part that is just being started again must find its port free.
  const used = await Promise.all(ports.map(([, port]) => accepts(port)));
  const named = (wanted: boolean): string[] => ports.filter((_, index) => used[index] === wanted).map(([name, port]) => `${name} ${port}`);
  if (isRunning(state)) {
    const silent = named(false);
    return silent.length === 0 ? `all ${ports.length} are in use` : { state: 'warning', found: `nobody listens at ${silent.join(', ')}` };
  }
  const taken = named(true);
  if (taken.length === 0) return `all ${ports.length} of the last start are free`;
  return {
    state: 'warning',
    found: `others listen at ${taken.join(', ')}`,
    mend: 'The next start finds other ports; end what listens there to keep the addresses.',
  };
}
