import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { readStack } from '@titrate/embedded-stack';
import type { Command } from 'commander';
import { answer, connect, type Cli } from '../cli.ts';
import { BadUsage, Failed } from '../exit-codes.ts';
import { planLine, type RemadePlan } from '../render/poison-plans.ts';
import { readSpec } from '../files.ts';
import { runIdFrom } from './log-commands.ts';

const trainerHome = fileURLToPath(new URL('../../../trainer', import.meta.url));

interface Options {
  readonly output?: string;
  readonly sweep?: string;
}

/**
 * `titrate poison-plan`: what is overwritten in which training instance, made anew from a run's identity and its corpus by
 * the trainer on this machine, and held byte by byte against what the run's attempts stored.
 */
export function addPoisonPlan(program: Command, cli: Cli): void {
  program
    .command('poison-plan <run-or-spec>')
    .description('make the poison plan of a run, or of all runs of a spec, anew from the corpus, and compare it with the stored one')
    .option('-o, --output <folder>', 'write each plan there, as RUN.plan.json')
    .option('--sweep <sweep>', 'where to look for the beginning of a run id; the newest sweep by default')
    .action(async (said: string, { output, sweep }: Options, command: Command) => {
      const client = connect(cli, command);
      const plans = existsSync(said)
        ? await remake(
            cli,
            ['--identities', '-'],
            output,
            (await client.planYaml(readSpec(said).text)).runs.map(({ identity }) => identity),
          )
        : await remake(cli, [await runIdFrom(client, said, sweep)], output);
      answer(cli, command, plans, () => plans.map(planLine).join('\n'));
      if (plans.some(({ stored = [] }) => stored.some(({ same }) => !same)))
        throw new Failed('A stored plan has other bytes than the plan that its identity and corpus give.');
    });
}

/** Runs the trainer's own program beside the store of this folder's stack, or the one that the environment names. */
async function remake(cli: Cli, which: string[], output: string | undefined, identities?: readonly unknown[]): Promise<RemadePlan[]> {
  const environment = { ...process.env, ...cli.environment, ...readStack(cli.folder)?.environment };
  if (environment['AWS_ENDPOINT_URL'] === undefined && environment['AWS_ACCESS_KEY_ID'] === undefined)
    throw new BadUsage(
      'Cannot read the corpus as a store must be at hand: the stack of this folder, or AWS_ENDPOINT_URL and TITRATE_BUCKET',
    );
  const python = environment['TITRATE_PYTHON'] ?? `${trainerHome}/.venv/bin/python`;
  const folder = output === undefined ? [] : ['--output', resolve(output)];
  const program = spawn(python, ['-m', 'trainer.poison_plan', ...which, ...folder], {
    cwd: trainerHome,
    env: environment,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const errors: Buffer[] = [];
  program.stderr.on('data', (data: Buffer) => errors.push(data));
  const ended = new Promise<number | null>((done, fail) => program.once('error', fail).once('close', done));
  program.stdin.end(identities === undefined ? '' : JSON.stringify(identities));
  const plans: RemadePlan[] = [];
  for await (const line of createInterface({ input: program.stdout })) plans.push(JSON.parse(line) as RemadePlan);
  const code = await ended;
  if (code !== 0 && code !== 1) throw new Failed(Buffer.concat(errors).toString().trim());
  return plans;
}
