import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { CorpusManifest, type CorpusSummary, type SweepSpec } from '@titrate/contracts';
import { planSweep, summariseCorpus } from '@titrate/planning';
import type { Command } from 'commander';
import { answer, connect, type Cli } from '../cli.ts';
import { BadUsage } from '../exit-codes.ts';
import { badSpec, readSpec, readText } from '../files.ts';
import { planView } from '../render/plan-view.ts';
import { specTemplate } from '../spec-template.ts';

/** Commands around a spec: init, plan, schema. */
export function addSpecCommands(program: Command, cli: Cli): void {
  program
    .command('init [file]')
    .description('write a commented sweep spec to start from')
    .option('--force', 'replace the file where it exists')
    .option('--corpus <name>', 'the corpus that the spec names', 'sotu')
    .action((file: string | undefined, { force, corpus }: { force?: boolean; corpus: string }) => {
      const path = file ?? 'titrate.sweep.yaml';
      if (existsSync(path) && !force) throw new BadUsage(`Cannot write ${path} as it must not exist yet; --force replaces it`);
      writeFileSync(path, specTemplate(corpus));
      cli.terminal.say(`Wrote ${path}. Next: \`titrate plan ${path}\` tells what it costs, \`titrate submit ${path} --watch\` runs it.`);
    });

  program
    .command('plan <file>')
    .description('tell what a spec stands for and what it costs; starts nothing')
    .option('--corpus-manifest <file...>', 'plan without a server, with the manifests of the corpora that the spec names')
    .option('--usd-per-gpu-hour <price>', 'price for a plan without a server', Number)
    .option('--team <name>', 'team for a plan without a server', 'default')
    .action(async (file: string, options: { corpusManifest?: string[]; usdPerGpuHour?: number; team: string }, command: Command) => {
      const { text, spec } = readSpec(file);
      if (options.corpusManifest === undefined) {
        const plan = await connect(cli, command).planYaml(text);
        return answer(cli, command, plan, () => planView(plan));
      }
      const price = options.usdPerGpuHour ?? null;
      if (price !== null && !(price >= 0))
        throw new BadUsage(`Cannot plan as --usd-per-gpu-hour must be a number of 0 or more: current value is ${price}`);
      const [corpus, ...others] = corporaOf(spec, options.corpusManifest);
      const outcome = planSweep(spec, {
        team: options.team,
        corpus,
        others,
        usdPerGpuHour: price,
      });
      if (outcome.kind === 'problems') throw badSpec(file, outcome.problems);
      answer(cli, command, outcome.plan, () => planView(outcome.plan));
    });

  program
    .command('schema [document]')
    .description('print a JSON Schema: sweep-spec (the default), corpus-recipe, report, ...')
    .action((document = 'sweep-spec') => {
      const file = new URL(`../../../../libs/contracts/schema/${document}.schema.json`, import.meta.url);
      if (!/^[a-z-]+$/.test(document) || !existsSync(file))
        throw new BadUsage(`Cannot print a schema of ${document} as it must be a document of libs/contracts/schema`);
      cli.terminal.out(readFileSync(file, 'utf8').trimEnd());
    });
}

/** The corpora of the manifests, that of the spec first; were it not among them, planning says which was expected. */
function corporaOf(spec: SweepSpec, paths: readonly string[]): [CorpusSummary, ...CorpusSummary[]] {
  const summaries = paths.map((path) => summariseCorpus(readManifest(path)));
  const isFirst = ({ name, digest }: CorpusSummary): boolean => spec.corpus === name || spec.corpus === digest;
  const [first, ...rest] = [...summaries.filter(isFirst), ...summaries.filter((summary) => !isFirst(summary))];
  if (first === undefined) throw new BadUsage('Cannot plan as --corpus-manifest must name a file');
  return [first, ...rest];
}

function readManifest(path: string): CorpusManifest {
  const text = readText(path);
  const parsed = CorpusManifest.safeParse(jsonOf(path, text));
  if (parsed.success) return parsed.data;
  throw new BadUsage(
    `Cannot use ${path} as a corpus manifest:`,
    parsed.error.issues.slice(0, 5).map(({ path: field, message }) => `${field.join('.')}: ${message}`),
  );
}

function jsonOf(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BadUsage(`Cannot use ${path} as it must be JSON: ${(error as Error).message}`);
  }
}
