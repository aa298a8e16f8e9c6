/**
 * A cluster by hand:
 *
 *   node test/cluster/rig/main.ts up [--fake-nodes N] [--no-real-node] [--trainer-image]        stays until Ctrl-C
 *   node test/cluster/rig/main.ts kubectl get pods -A                                         in the newest rig that is up
 *   node test/cluster/rig/main.ts outage|freeze PROGRAM SECONDS                               as the tests do
 *   node test/cluster/rig/main.ts down                                                        ends all rigs of this user
 *   node test/cluster/rig/main.ts build                                                       what takes minutes, once: programs, those of the scale tests too, and the trainer's image
 */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ensureTemporalPrograms } from '../scale/temporal-programs.ts';
import { buildPrograms } from './build.ts';
import { attempt, RigRefused, waitFor } from './commands.ts';
import { orderFault, type Fault } from './control.ts';
import { prepareImage, TRAINER_IMAGE } from './images.ts';
import { missingPackages } from './packages.ts';
import { startRig } from './rig.ts';
import { runningRigs, sweepRigFolders, type RigDescription } from './rig-folder.ts';

const say = (message: string): void => void process.stderr.write(`cluster: ${message}\n`);

async function up(words: string[]): Promise<number> {
  const { values } = parseArgs({
    args: words,
    options: { 'fake-nodes': { type: 'string' }, 'no-real-node': { type: 'boolean' }, 'trainer-image': { type: 'boolean' } },
  });
  const rig = await startRig({
    say,
    realNode: values['no-real-node'] !== true,
    fakeNodes: values['fake-nodes'] === undefined ? undefined : Number(values['fake-nodes']),
    trainerImage: values['trainer-image'],
  });
  const variables = { KUBECONFIG: rig.description.kubeconfig, ...rig.description.environment };
  for (const [name, value] of Object.entries(variables)) process.stdout.write(`export ${name}='${value}'\n`);
  say('Ctrl-C ends it');
  return await new Promise(() => undefined);
}

async function down(): Promise<number> {
  const rigs = await runningRigs();
  for (const { description } of rigs) process.kill(description.pid, 'SIGTERM');
  for (const { folder } of rigs) await waitFor(`the end of ${folder}`, async () => !existsSync(folder));
  const swept = await sweepRigFolders();
  say(`ended ${rigs.length} that were up, removed ${swept.length} that were left`);
  return 0;
}

/** The newest rig that is up. @throws RigRefused when there is none */
async function newest(): Promise<RigDescription> {
  const rig = (await runningRigs()).at(-1);
  if (rig === undefined) throw new RigRefused('Cannot ask a cluster as one must be up: start it with `up`.');
  return rig.description;
}

async function kubectl(words: string[]): Promise<number> {
  const { code, stdout, stderr } = await attempt([...(await newest()).kubectl, ...words]);
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  return code ?? 1;
}

async function main([task = '', ...words]: string[]): Promise<number> {
  if (task === 'up') return await up(words);
  if (task === 'down') return await down();
  if (task === 'kubectl') return await kubectl(words);
  if (task === 'build') {
    const { folder } = await buildPrograms(say);
    await ensureTemporalPrograms(say);
    // Only the real node runs it, which only root has.
    if (process.getuid?.() === 0 && (await missingPackages('real node', say)) === null) await prepareImage(TRAINER_IMAGE, say);
    process.stdout.write(`${folder}\n`);
    return 0;
  }
  if (task === 'outage' || task === 'freeze') {
    await orderFault((await newest()).control, task satisfies Fault, words[0] ?? '', Number(words[1]));
    return 0;
  }
  throw new RigRefused(`Cannot do ${task} as it must be one of up, down, kubectl, outage, freeze, build.`);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof RigRefused)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
