import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { launch, until } from '../job-launcher.contract.ts';
import { newLocalHarness, type LocalHarness } from './local-harness.ts';

// torchrun imports PyTorch in each process.
jest.setTimeout(180_000);

const trainerSources = new URL('../../../../apps/trainer/trainer/', import.meta.url);

/** A package in the trainer's place, so that what starts it is tested alone, the trainer's own wrapper around torchrun included: prints its rank, then does as it is told. */
async function newTrainerHome(directory: string, what: string): Promise<string> {
  const home = join(directory, `.home-${what.replace(/\W+/g, '-')}`);
  await mkdir(join(home, 'trainer'), { recursive: true });
  const script = `import json, os, signal, sys, time
rank = int(os.environ.get("RANK", 0))
# One write: two ranks share the log.
os.write(1, f"rank {rank} of {os.environ.get('WORLD_SIZE', 1)} {json.load(open(sys.argv[1]))['name']}\\n".encode())
${what}
`;
  await writeFile(join(home, 'trainer', '__main__.py'), script);
  await writeFile(join(home, 'trainer', '__init__.py'), '');
  for (const name of ['ranks.py', 'exits.py']) await copyFile(new URL(name, trainerSources), join(home, 'trainer', name));
  return home;
}

describe('the command that starts the trainer', () => {
  let harness: LocalHarness;
  beforeAll(() => {
    harness = newLocalHarness();
  });
  afterAll(() => harness.dispose());

  const run = async (name: string, processes: number, what: string) => {
    const launcher = harness.launcher('', { trainerHome: await newTrainerHome(harness.directory, what), command: undefined });
    await launch(launcher, name, { processesPerNode: processes });
    return { end: (await until(launcher, name, 'ended', 150_000)).end, log: (await launcher.log(name, 0)).text };
  };

  it('is python -m trainer for one process', async () => {
    const { end, log } = await run('single', 1, 'sys.exit(30)');
    expect(log).toBe('rank 0 of 1 single\n');
    expect(end).toMatchObject({ failure: 'loss-not-finite', exitCode: 30 });
  });

  it('is torchrun above one, and the code with a meaning is told though the other rank crashes and torchrun itself ends with 1', async () => {
    const { end, log } = await run('group', 2, 'sys.exit(20 if rank == 1 else 1)');
    expect(log).toContain('rank 0 of 2 group\n');
    expect(log).toContain('rank 1 of 2 group\n');
    expect(end).toMatchObject({ failure: 'bad-input', exitCode: 20 });
  });

  it('tells of a rank that was killed', async () => {
    const { end } = await run('group-killed', 2, 'os.kill(os.getpid(), signal.SIGKILL) if rank == 1 else time.sleep(600)');
    expect(end).toMatchObject({ failure: 'killed', exitCode: 137 });
  });
});
