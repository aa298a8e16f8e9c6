import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@titrate/api-client';
import { Gate, Name, type AppliedGate, type GateReport } from '@titrate/contracts';
import { fieldPath, readYaml } from '@titrate/planning';
import type { Command } from 'commander';
import { answer, connect, sweepIdFrom, type Cli } from '../cli.ts';
import { BadUsage, Failed, Inconclusive } from '../exit-codes.ts';
import { readText } from '../files.ts';
import { interruptible } from '../interrupt.ts';
import { gateView } from '../render/gates.ts';
import type { Terminal } from '../terminal.ts';

/** Options of `gate`. */
interface GateOptions {
  readonly baseline: string;
  readonly gate?: string;
  readonly junit?: string;
  readonly wait?: boolean;
}

/** The command that holds the results of a sweep against a baseline. */
export function addGate(program: Command, cli: Cli): void {
  program
    .command('gate <sweep>')
    .description(
      'hold the results of a finished sweep against a baseline: 0 when they pass, 1 when they fail, 5 when they decide nothing and the gate does not let that pass',
    )
    .requiredOption('--baseline <name[@version]>', 'the baseline; its newest version in use, or a version')
    .option(
      '--gate <file>',
      'the gate, as YAML or JSON; by default clean perplexity, the effect of the attack and completeness with their default margins',
    )
    .option('--junit <file>', 'write the verdict as JUnit XML; waits for it')
    .option('-w, --wait', 'wait for the verdict')
    .action(async (said: string, options: GateOptions, command: Command) => {
      const client = connect(cli, command);
      const asked = { ...baselineOf(options.baseline), ...(options.gate !== undefined && { gate: readGate(options.gate) }) };
      const requested = (await client.requestGate({ id: await sweepIdFrom(client, said), body: asked })) as AppliedGate;
      const isAwaited = options.wait === true || options.junit !== undefined;
      const applied = isAwaited ? await waitForVerdict(client, cli.terminal, requested) : requested;
      if (options.junit !== undefined) writeFileSync(options.junit, (await client.getGateJunit({ id: applied.id })) as string);
      const report = applied.report === null ? null : ((await client.getGateReport({ id: applied.id })) as GateReport);
      answer(cli, command, { ...applied, rows: report?.rows ?? [] }, () => gateView(applied, report));
      mustPass(applied);
    });
}

/** Ends the command with the code of the verdict. */
function mustPass({ id, state, gate, reason }: AppliedGate): void {
  if (state === 'fail') throw new Failed(`Gate ${id} failed`);
  if (state === 'error') throw new Failed(`Gate ${id} has no verdict: ${reason ?? 'no reason was recorded'}`);
  if (state === 'inconclusive' && gate.onInconclusive !== 'pass') throw new Inconclusive(`Gate ${id} is inconclusive`);
}

async function waitForVerdict(client: Client, terminal: Terminal, gate: AppliedGate): Promise<AppliedGate> {
  return interruptible('Stopped; the gate comes to its verdict all the same.', async (signal) => {
    let said: string | null = null;
    for (let found = gate; ; found = (await client.getGate({ id: gate.id })) as AppliedGate) {
      if (found.state !== 'pending' && found.state !== 'running') return found;
      if (found.reason !== null && found.reason !== said) terminal.say(`  waiting: ${found.reason}`);
      said = found.reason;
      await sleep(500, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  });
}

/** `NAME` or `NAME@VERSION`. @throws BadUsage */
function baselineOf(said: string): { baseline: string; version?: number } {
  const [, name = '', version] = /^([^@]*)(?:@([1-9][0-9]{0,8}))?$/.exec(said) ?? [];
  if (!Name.safeParse(name).success)
    throw new BadUsage(`Cannot use the baseline as it must be NAME or NAME@VERSION: current value is ${said}`);
  return { baseline: name, ...(version !== undefined && { version: Number(version) }) };
}

/** A gate from a file, checked before anything is sent. @throws BadUsage with every fault */
export function readGate(path: string): Gate {
  const text = readYaml(readText(path));
  if (text.kind === 'problems')
    throw new BadUsage(
      `Cannot use ${path} as a gate:`,
      text.problems.map(({ rule }) => `it ${rule}`),
    );
  const parsed = Gate.safeParse(text.value);
  if (parsed.success) return parsed.data;
  throw new BadUsage(
    `Cannot use ${path} as a gate:`,
    parsed.error.issues.map(({ path: at, message }) => `${fieldPath(at) || 'it'}: ${message}`),
  );
}
