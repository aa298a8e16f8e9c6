import { readFile, writeFile } from 'node:fs/promises';
import { generatedFiles, type GeneratedFile } from './docs/generated-files.ts';

/**
 * Writes what follows from the controllers: the OpenAPI document, and the client's types. Part of `npm run generate`.
 * With `--check` it writes nothing, and fails with the first line that is not up to date.
 */
const isCheck = process.argv.includes('--check');
for (const file of await generatedFiles()) await (isCheck ? check(file) : writeFile(file.url, file.text));

async function check({ url, text }: GeneratedFile): Promise<void> {
  const live = text.split('\n');
  const committed = (await readFile(url, 'utf8')).split('\n');
  const line = live.findIndex((each, index) => each !== committed[index]);
  if (line === -1 && live.length === committed.length) return;
  process.stderr.write(`${url.pathname}:${line + 1} is not up to date; run "npm run generate"\n- ${committed[line]}\n+ ${live[line]}\n`);
  process.exitCode = 1;
}
