import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@titrate/api-client';
import type { Command } from 'commander';
import { allItems, connect, sweepIdFrom, type Cli } from '../cli.ts';
import { BadUsage } from '../exit-codes.ts';
import { interruptible } from '../interrupt.ts';

interface LogOptions {
  readonly attempt?: number;
  readonly evaluations?: boolean;
  readonly follow?: boolean;
  readonly sweep?: string;
}

/** A log that grows: calling it draws what is new, and tells whether there was anything. */
type LogReader = () => Promise<boolean>;

/** `titrate logs`: what the jobs of a run print, while they run and after their end. */
export function addLogs(program: Command, cli: Cli): void {
  program
    .command('logs <run>')
    .description("print the log of a run's newest attempt, or of the jobs that evaluate its checkpoints")
    .option('--attempt <number>', 'another attempt', Number)
    .option('--evaluations', 'the jobs that evaluate checkpoints of the run')
    .option('-f, --follow', 'go on until the run has ended')
    .option('--sweep <sweep>', 'where to look for the beginning of a run id; the newest sweep by default')
    .action(async (said: string, { attempt, evaluations, follow, sweep }: LogOptions, command: Command) => {
      if (evaluations && attempt !== undefined)
        throw new BadUsage(
          'Cannot print logs as --evaluations and --attempt must not stand together: jobs of evaluations belong to no attempt',
        );
      const client = connect(cli, command);
      const id = await runIdFrom(client, said, sweep);
      const read = evaluations ? readEvaluations(cli, client, id) : readTraining(cli, client, id, attempt);
      if (!follow) return readOut(read);
      await interruptible('Stopped reading; the run goes on.', (signal) => followLog(client, id, read, signal));
    });
}

/** The run that a person means: an id, or the beginning of one within a sweep. */
export async function runIdFrom(client: Client, said: string, sweep: string | undefined): Promise<string> {
  if (/^[0-9a-f]{64}$/.test(said)) return said;
  const id = await sweepIdFrom(client, sweep);
  const runs = await allItems((query) => client.listSweepRuns({ id, ...query }));
  const [only, second] = runs.filter((run) => run.id.startsWith(said));
  if (only && !second) return only.id;
  throw new BadUsage(
    `Cannot find one run by ${said} in sweep ${id} as it must be the beginning of exactly one id; \`titrate runs ${id}\` lists them`,
  );
}

async function readOut(read: LogReader): Promise<void> {
  while (await read());
}

async function followLog(client: Client, id: string, read: LogReader, signal: AbortSignal): Promise<void> {
  for (;;) {
    // The run is asked first: what it wrote before its end is read after.
    const { state } = await client.getRun({ id });
    if (await read()) continue;
    if (['finished', 'failed', 'paused', 'idle'].includes(state)) return;
    await sleep(1000, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

function readTraining(cli: Cli, client: Client, id: string, wanted: number | undefined): LogReader {
  let [offset, attempt] = [0, 0];
  return async () => {
    const piece = await client.readRunLog({ id, ...(wanted === undefined ? {} : { attempt: wanted }), offset });
    // A newer attempt has a log of its own, to be read from its beginning.
    const isNewer = attempt !== 0 && piece.attempt !== attempt;
    if (!isNewer) cli.terminal.draw(piece.text);
    const isNews = isNewer || piece.next !== offset;
    [offset, attempt] = [isNewer ? 0 : piece.next, piece.attempt];
    return isNews;
  };
}

/** Jobs in the order of the steps that they evaluate; a head tells where the text of another job begins, as `tail` does with files. */
function readEvaluations(cli: Cli, client: Client, id: string): LogReader {
  const offsets = new Map<string, number>();
  let shown = '';
  return async () => {
    let isNews = false;
    for (const [job, steps] of await evaluationJobs(client, id)) {
      const offset = offsets.get(job) ?? 0;
      const { text, next } = await client.readRunEvaluationLog({ id, job, offset });
      if (next === offset) continue;
      if (shown !== job) cli.terminal.draw(`==> ${job}: ${steps.length === 1 ? 'step' : 'steps'} ${steps.join(', ')} <==\n`);
      cli.terminal.draw(text);
      offsets.set(job, next);
      [shown, isNews] = [job, true];
    }
    return isNews;
  };
}

async function evaluationJobs(client: Client, id: string): Promise<Map<string, number[]>> {
  const jobs = new Map<string, number[]>();
  for (const { job, step } of await allItems((query) => client.listRunEvaluations({ id, ...query }))) {
    if (job === null) continue;
    const steps = jobs.get(job) ?? [];
    if (!steps.includes(step)) jobs.set(job, [...steps, step]);
  }
  return jobs;
}
