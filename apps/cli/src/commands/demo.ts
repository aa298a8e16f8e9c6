import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ApiProblem, createClient, type Client } from '@titrate/api-client';
import type { Corpus, Sweep, SweepSpec } from '@titrate/contracts';
import { ensureStack, type EnsuredStack } from '@titrate/embedded-stack';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { Failed, Interrupted } from '../exit-codes.ts';
import { readSpec } from '../files.ts';
import { interruptible } from '../interrupt.ts';
import { watchSweep } from '../watch.ts';
import { addCorpus, waitForCorpus } from './corpus-commands.ts';
import { writeReport } from './run-commands.ts';
import { showEnd } from './show-watched.ts';
import { progressLine } from './stack-commands.ts';
import { freshSpec } from './sweep-commands.ts';

const examples = fileURLToPath(new URL('../../../../examples/', import.meta.url));
const repository = resolve(examples, '..');

interface DemoOptions {
  readonly folder: string;
  readonly fresh?: boolean;
}

/** `titrate demo`: a real sweep from nothing to a report, on one machine. */
export function addDemo(program: Command, cli: Cli): void {
  program
    .command('demo')
    .description('run a small real sweep on this machine, from the text to the report')
    .option('--folder <folder>', 'the folder that holds .titrate/ and gets titrate-report/', cli.folder)
    .option('--fresh', 'train anew, even what is finished')
    .action((options: DemoOptions) => demo(cli, options));
}

async function demo(cli: Cli, { folder, fresh }: DemoOptions): Promise<void> {
  const { terminal } = cli;
  const started = Date.now();
  const abort = new AbortController();
  terminal.say(introduction);
  const ensured = await ensureStack(resolve(folder), (progress) => {
    // Signals stop a stack of our own; what is drawn must end before it says so.
    if (progress.kind === 'stopping') abort.abort(new Interrupted('Stopped. A second start goes on from what is there.'));
    const line = progressLine(progress);
    if (line !== null) terminal.say(line);
  });
  if (ensured.startedHere) void ensured.stack.failed.then((reason) => abort.abort(new Failed(reason)));
  const { stack } = ensured;
  try {
    await runDemo(cli, ensured, { folder, fresh: fresh ?? false }, abort.signal);
    terminal.say(`Took ${Math.round((Date.now() - started) / 1000)} s.`);
  } catch (error) {
    if (!(error instanceof Interrupted)) terminal.say(`Logs: ${stack.logsDirectory}`);
    throw error;
  } finally {
    if (ensured.startedHere) await ensured.stack.stop();
  }
}

const introduction = `This demo trains toy language models on the State of the Union addresses with PyTorch, on this machine's processor:
two sizes, without poison, with a little and with more. The poison is a published, harmless backdoor: after a trigger the
model shall write noise. Every checkpoint is evaluated with and without the trigger; a report tells what came of it.
Temporal, PostgreSQL and an S3 store run beside it on loopback, and stop in the end. Ctrl-C stops everything; a second start
goes on from what is there.
`;

async function runDemo(
  cli: Cli,
  ensured: EnsuredStack,
  { folder, fresh }: { folder: string; fresh: boolean },
  stopped: AbortSignal,
): Promise<void> {
  const { terminal } = cli;
  const client = createClient({ server: ensured.stack.apiUrl, token: ensured.stack.apiToken });
  const task = async (signal: AbortSignal): Promise<void> => {
    await ensureCorpus(client, cli, ensured, signal);
    const { text, spec } = readSpec(join(examples, 'demo.sweep.yaml'));
    const { sweep, created } = await submitDemo(client, cli, fresh ? await freshSpec(client, spec) : text);
    const report = await showEnd(client, terminal, await watchSweep(client, terminal, { id: sweep.id, isKnown: !created }, signal));
    if (!report) throw new Failed(`Sweep ${sweep.id} has finished and left no report`);
    const paths = await writeReport(client, sweep.id, report, join(folder, 'titrate-report'));
    terminal.say(
      next(
        sweep.id,
        paths.map((path) => relative(cli.folder, path) || path),
      ),
    );
  };
  // A stack of our own has handlers for signals, which stop it and end this process.
  await (ensured.startedHere ? task(stopped) : interruptible('Stopped watching; the sweep goes on.', task));
}

/** Submits the demo's spec; a sweep that was ended or paused before is reopened. */
async function submitDemo(client: Client, { terminal }: Cli, spec: SweepSpec | string): Promise<{ sweep: Sweep; created: boolean }> {
  const { created, sweep } = await client.submitSweep(spec);
  const known = `Found sweep ${sweep.id}: it was submitted before, and what is finished is not trained again (--fresh trains anew)`;
  terminal.say(`${created ? `Submitted sweep ${sweep.id}` : known}\n`);
  if (sweep.state === 'paused') await client.resumeSweep({ id: sweep.id });
  if (sweep.state === 'failed' || sweep.state === 'cancelled') await client.retrySweep({ id: sweep.id });
  return { sweep: sweep as Sweep, created };
}

const next = (sweep: string, [page, numbers]: string[]): string => `
The report: ${page} (open it in a browser)
Its numbers: ${numbers}

What to try next:
  titrate up --detach                  keep the stack running in this folder, then:
  titrate results demo                 every evaluation of sweep ${sweep}
  titrate corpus add my-text.txt       a text of your own
  titrate init my.sweep.yaml           a commented spec of your own, then:
  titrate submit my.sweep.yaml --watch`;

/** Registers the demo's corpus where it is missing. */
async function ensureCorpus(client: Client, cli: Cli, { stack }: EnsuredStack, signal: AbortSignal): Promise<void> {
  const name = readSpec(join(examples, 'demo.sweep.yaml')).spec.corpus;
  const known = await corpusOf(client, name);
  if (known?.state === 'ready') return;
  if (known?.state === 'registering') return void (await waitForCorpus(client, cli.terminal, name, signal));
  const scratch = mkdtempSync(join(tmpdir(), 'titrate-demo-'));
  try {
    const text = join(scratch, `${name}.txt`);
    await writeText(stack.environment['TITRATE_PYTHON'] ?? 'python3', text);
    await addCorpus(
      client,
      cli.terminal,
      [text],
      { recipe: join(examples, `${name}.corpus.yaml`), vocabulary: 1024, heldOut: 300 },
      signal,
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function writeText(python: string, file: string): Promise<void> {
  const script = join(examples, 'demo_corpus.py');
  if (!existsSync(script)) throw new Failed(`Cannot write the demo's text as ${script} must exist`);
  await promisify(execFile)(python, [script, file], { cwd: repository }).catch((error: { stderr?: string; message: string }) => {
    throw new Failed(`Cannot write the demo's text: ${error.stderr?.trim() || error.message}`);
  });
}

async function corpusOf(client: Client, name: string): Promise<Corpus | null> {
  try {
    return (await client.getCorpus({ nameOrDigest: name })) as Corpus;
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return null;
    throw error;
  }
}
