import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@titrate/api-client';
import type { Report } from '@titrate/contracts';
import type { Command } from 'commander';
import { allItems, answer, connect, sweepIdFrom, type Cli } from '../cli.ts';
import { evaluationList } from '../render/evaluations.ts';
import { attemptList, runList } from '../render/lists.ts';
import { reportView } from '../render/report-view.ts';
import { addLogs, runIdFrom } from './log-commands.ts';
import { addPoisonCommands } from './poison-plan.ts';

/** Commands that show what came of runs: runs, logs, results, report. */
export function addRunCommands(program: Command, cli: Cli): void {
  program
    .command('runs [sweep]')
    .description('list the runs of a sweep')
    .action(async (said: string | undefined, _options: object, command: Command) => {
      const client = connect(cli, command);
      const id = await sweepIdFrom(client, said);
      const runs = await allItems((query) => client.listSweepRuns({ id, ...query }));
      answer(cli, command, runs, () => runList(runs));
    });
  addAttempts(program, cli);
  addLogs(program, cli);
  addResults(program, cli);
  addReport(program, cli);
  addPoisonCommands(program, cli);
}

function addAttempts(program: Command, cli: Cli): void {
  program
    .command('attempts <run>')
    .description("list the starts of a run's job: how each ended, where, and what it cost")
    .option('--sweep <sweep>', 'where to look for the beginning of a run id; the newest sweep by default')
    .action(async (said: string, { sweep }: { sweep?: string }, command: Command) => {
      const client = connect(cli, command);
      const id = await runIdFrom(client, said, sweep);
      const attempts = await allItems((query) => client.listRunAttempts({ id, ...query }));
      answer(cli, command, attempts, () => attemptList(attempts));
    });
}

function addResults(program: Command, cli: Cli): void {
  program
    .command('results [sweep]')
    .description('list the evaluations of a sweep, also while it runs')
    .option('--csv', 'every column, as CSV')
    .action(async (said: string | undefined, { csv }: { csv?: boolean }, command: Command) => {
      const client = connect(cli, command);
      const id = await sweepIdFrom(client, said);
      if (csv) return cli.terminal.draw(await client.getSweepResults({ id }));
      const evaluations = await allItems((query) => client.listSweepEvaluations({ id, ...query }));
      const cells = new Map((await allItems((query) => client.listSweepCells({ id, ...query }))).map((cell) => [cell.run, cell]));
      answer(cli, command, evaluations, () =>
        evaluationList(evaluations, (run) => [cells.get(run)?.size ?? '–', String(cells.get(run)?.dose ?? '–')]),
      );
    });
}

function addReport(program: Command, cli: Cli): void {
  program
    .command('report [sweep]')
    .description('show the report of a sweep: its table and verdict')
    .option('-o, --output <folder>', 'write report.html and report.json there')
    .action(async (said: string | undefined, { output }: { output?: string }, command: Command) => {
      const client = connect(cli, command);
      const id = await sweepIdFrom(client, said);
      const report = (await client.getSweepReport({ id })) as Report;
      if (output !== undefined) cli.terminal.say(`Wrote ${(await writeReport(client, id, report, output)).join(' and ')}`);
      answer(cli, command, report, () => reportView(report, cli.terminal.columns() - 1));
    });
}

/** Writes both forms of a report into a folder and returns their paths. */
export async function writeReport(client: Client, id: string, report: Report, folder: string): Promise<string[]> {
  const page = await client.getSweepReportPage({ id });
  mkdirSync(folder, { recursive: true });
  const paths = [join(folder, 'report.html'), join(folder, 'report.json')] as const;
  writeFileSync(paths[0], page);
  writeFileSync(paths[1], `${JSON.stringify(report, null, 2)}\n`);
  return [...paths];
}
