/**
 * Says yes or no to the whole tree: `npm run verify`. Makes all generated files anew, checks format, lint, boundaries and
 * types of both languages, and fails when the tree has changed by it. Every step runs, so that one look shows everything.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const python = process.env['TITRATE_PYTHON'] ?? `${root}apps/trainer/.venv/bin/python`;
const node = (script: string, ...parameters: string[]): string[] => [process.execPath, `node_modules/${script}`, ...parameters];
const trainer = (...parameters: string[]): string[] => [python, '-m', ...parameters];

interface Step {
  readonly name: string;
  readonly command: string[];
  readonly directory?: string;
  /** A text in the output that means failure whatever the exit code says. */
  readonly poison?: string;
}

const steps: Step[] = [
  { name: 'generate', command: [process.execPath, 'tools/generate.ts'] },
  { name: 'format', command: node('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.') },
  { name: 'project graph', command: node('nx/dist/bin/nx.js', 'show', 'projects') },
  // Without a cached project graph the boundaries are not checked, and the lint passes with this warning only.
  { name: 'lint and boundaries', command: node('eslint/bin/eslint.js', '.', '--max-warnings', '0'), poison: 'No cached ProjectGraph' },
  { name: 'types', command: node('typescript/bin/tsc', '-p', 'tsconfig.json') },
  { name: 'types of the page and of its tests', command: node('typescript/bin/tsc', '-p', 'apps/web/tsconfig.json') },
  { name: 'Python lint', command: trainer('ruff', 'check', '--no-cache', '.'), directory: 'apps/trainer' },
  { name: 'Python format', command: trainer('ruff', 'format', '--check', '--no-cache', '.'), directory: 'apps/trainer' },
  { name: 'Python types', command: trainer('mypy', '--cache-dir=.mypy_cache', '.'), directory: 'apps/trainer' },
  { name: 'Python client lint', command: trainer('ruff', 'check', '--no-cache', '.'), directory: 'libs/python-client' },
  { name: 'Python client format', command: trainer('ruff', 'format', '--check', '--no-cache', '.'), directory: 'libs/python-client' },
  { name: 'Python client types', command: trainer('mypy', '--cache-dir=.mypy_cache', '.'), directory: 'libs/python-client' },
];

/** What git sees as changed or new, with the content of the changes. */
function treeState(): string {
  const git = (...parameters: string[]) => spawnSync('git', parameters, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 }).stdout;
  return git('status', '--porcelain') + git('diff', 'HEAD');
}

function runStep(step: Step): boolean {
  const from = Date.now();
  const [program, ...parameters] = step.command as [string, ...string[]];
  const options = {
    cwd: root + (step.directory ?? ''),
    env: { ...process.env, NX_DAEMON: 'false' },
    encoding: 'utf8' as const,
    maxBuffer: 1 << 28,
  };
  const done = spawnSync(program, parameters, options);
  const output = `${done.error?.message ?? ''}${done.stdout ?? ''}${done.stderr ?? ''}`;
  const good = done.status === 0 && !(step.poison !== undefined && output.includes(step.poison));
  process.stdout.write(`${good ? 'ok    ' : 'FAILED'} ${step.name} (${((Date.now() - from) / 1000).toFixed(1)} s)\n`);
  if (!good) process.stdout.write(`${output.trimEnd()}\n`);
  return good;
}

const before = treeState();
const failed = steps.filter((step) => !runStep(step)).map((step) => step.name);
if (treeState() !== before) {
  failed.push('generated files');
  process.stdout.write(`FAILED generated files: they were not up to date and are changed now; commit them\n`);
  spawnSync('git', ['status', '--short'], { cwd: root, stdio: 'inherit' });
}
process.stdout.write(failed.length === 0 ? 'verified\n' : `not verified: ${failed.join(', ')}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
