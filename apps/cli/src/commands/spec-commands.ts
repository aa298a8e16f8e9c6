import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { answer, connect, type Cli } from '../cli.ts';
import { BadUsage } from '../exit-codes.ts';
import { badSpec, readSpec } from '../files.ts';
import { planOffline, summaryBeside, type OfflineOptions } from '../plan-offline.ts';
import { planView } from '../render/plan-view.ts';
import { specTemplate } from '@titrate/contracts';

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
    .option(
      '--corpus-manifest <file...>',
      'plan without a server, with the manifests or summaries of the corpora that the spec names, one in a file or a list',
    )
    .option('--base-manifest <file...>', 'manifests or summaries of the bases that the spec names, for a plan without a server')
    .option('--server', 'plan at the server, also where summaries of the corpora (NAME.corpus.json) lie beside the spec')
    .option('--usd-per-gpu-hour <price>', 'price for a plan without a server', Number)
    .option('--jobs <file>', 'job configuration for a plan without a server: profiles and memory are checked')
    .option('--team <name>', 'team for a plan without a server', 'default')
    .action(async (file: string, options: OfflineOptions & { server?: boolean }, command: Command) => {
      const { text, spec } = readSpec(file);
      const corpora = options.server ? undefined : (options.corpusManifest ?? summaryBeside(file));
      if (corpora === undefined) {
        const plan = await connect(cli, command).planYaml(text);
        return answer(cli, command, plan, () => planView(plan));
      }
      const outcome = planOffline(spec, corpora, options);
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
