import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { AnalysisSettings, exitCodes, Report } from '@titrate/contracts';
import type { Command } from 'commander';
import { answer, type Cli } from '../cli.ts';
import { BadUsage, Failed } from '../exit-codes.ts';
import { reportView } from '../render/report-view.ts';
import { trainerHome, trainerPython } from '../trainer.ts';

interface AnalyseOptions {
  readonly output?: string;
  readonly successIncrease?: number;
  readonly successShare?: number;
  readonly confidence?: number;
  readonly gammaMargin?: number;
  readonly looks?: string;
}

/** `titrate analyse`: the report of results that were made elsewhere, by the code that analyses sweeps. Needs no server. */
export function addAnalyse(program: Command, cli: Cli): void {
  program
    .command('analyse <file>')
    .description('analyse results from a CSV or JSON file, made here or elsewhere; docs/analysis.md tells the columns')
    .option('-o, --output <folder>', 'write report.html, report.json and figures there; titrate-analysis by default')
    .option('--success-increase <number>', 'success is a mean increase above this', Number)
    .option('--success-share <share>', 'of a language switch: success is an attack success rate above this', Number)
    .option('--confidence <share>', 'of every interval and verdict', Number)
    .option('--gamma-margin <number>', 'how near its value the interval of gamma must stay', Number)
    .option('--looks <kind>', 'once, or anytime where results were looked at while seeds came in')
    .action(async (file: string, options: AnalyseOptions, command: Command) => {
      const { output, ...given } = options;
      const settings = AnalysisSettings.partial().safeParse(given);
      if (!settings.success) throw new BadUsage(`Cannot analyse as ${settings.error.issues.map(inWords).join('; ')}`);
      const folder = resolve(cli.folder, output ?? 'titrate-analysis');
      const said = await analyse(cli, resolve(cli.folder, file), folder, given);
      if (said !== '') cli.terminal.say(said);
      const report = Report.parse(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')));
      answer(cli, command, report, () => reportView(report, cli.terminal.columns() - 1));
      cli.terminal.say(
        `Wrote ${['report.html', 'report.json', 'figures/'].map((name) => join(output ?? basename(folder), name)).join(', ')}`,
      );
    });
}

const inWords = ({ path, message }: { path: PropertyKey[]; message: string }): string => `${path.join('.')}: ${message}`;

/**
 * Leaves the report in the folder and returns what was remarked on the way.
 * @throws BadUsage where the file cannot be read as results; Failed where the Python environment is missing or broke
 */
async function analyse(cli: Cli, file: string, folder: string, settings: object): Promise<string> {
  // One thread: the sums are small, and several would only wait for each other.
  const environment: NodeJS.ProcessEnv = { ...process.env, ...cli.environment, OMP_NUM_THREADS: '1' };
  const python = trainerPython(environment);
  if (!existsSync(python))
    throw new Failed(`Cannot analyse as the Python environment must be set up (tools/setup/run.mjs setup): ${python} is missing`);
  mkdirSync(folder, { recursive: true });
  const words = ['-m', 'trainer.offline', file, folder, '--settings', JSON.stringify(settings)];
  const child = spawn(python, words, { cwd: trainerHome, env: environment, stdio: ['ignore', 'inherit', 'pipe'] });
  let said = '';
  child.stderr.on('data', (piece: Buffer) => (said += piece.toString('utf8')));
  const code = await new Promise<number | null>((done, failed) => child.once('error', failed).once('close', done));
  if (code === exitCodes.badInput) throw new BadUsage(said.trim());
  if (code !== 0) throw new Failed(`The analysis ended with ${code}: ${said.trim().slice(-2000)}`);
  return said.trim();
}
