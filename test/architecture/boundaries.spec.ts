import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Lints a text as if it were a file of the tree, in a process of its own, as `npm run verify` does. */
function lint(path: string, text: string): { rules: string[]; output: string } {
  const command = ['node_modules/eslint/bin/eslint.js', '--stdin', '--stdin-filename', path, '--format', 'json'];
  let stdout: string;
  try {
    stdout = execFileSync(process.execPath, command, {
      cwd: root,
      input: text,
      encoding: 'utf8',
      env: environment,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
  } catch (error) {
    // ESLint ends with 1 when it found something; its findings are on stdout all the same.
    stdout = (error as { stdout: string }).stdout;
  }
  const [file] = JSON.parse(stdout.slice(stdout.indexOf('[{'))) as { messages: { ruleId: string | null; message: string }[] }[];
  return { rules: file?.messages.map(({ ruleId }) => ruleId ?? 'broken') ?? [], output: stdout };
}

const environment = { ...process.env, NX_DAEMON: 'false', NODE_OPTIONS: '' };

beforeAll(() => {
  // Without a cached project graph the rule is skipped with a mere warning.
  execFileSync(process.execPath, ['node_modules/nx/dist/bin/nx.js', 'show', 'projects'], { cwd: root, env: environment, stdio: 'ignore' });
}, 120_000);

const use = (name: string, from: string) => `import { ${name} } from '${from}';\nexport const used = ${name};\n`;

describe('an import that goes the wrong way is refused', () => {
  it.each([
    ['a pure library that knows a port', 'libs/planning/src/plan.ts', use('keys', '@titrate/records'), '@nx/enforce-module-boundaries'],
    ['a port that knows another port', 'libs/records/src/records.ts', use('a', '@titrate/job-launcher'), '@nx/enforce-module-boundaries'],
    ['a library that knows an app', 'libs/embedded-stack/src/stack.ts', use('a', '@titrate/api'), '@nx/enforce-module-boundaries'],
    ['an app that knows another app', 'apps/cli/src/main.ts', use('a', '@titrate/worker'), '@nx/enforce-module-boundaries'],
    [
      'an adapter named outside of a start',
      'apps/api/src/sweep/sweep.controller.ts',
      use('a', '@titrate/records/postgres'),
      'no-restricted-imports',
    ],
    ['Node in a pure library', 'libs/contracts/src/digest.ts', use('createHash', 'node:crypto'), 'no-restricted-imports'],
    [
      'an activity called as a value by a workflow',
      'workflows/src/run/run.workflow.ts',
      use('a', './run.activities.ts'),
      '@typescript-eslint/no-restricted-imports',
    ],
    ['Node in a workflow', 'workflows/src/run/run.workflow.ts', use('readFileSync', 'node:fs'), '@typescript-eslint/no-restricted-imports'],
  ])(
    '%s',
    (_, path, text, rule) => {
      const { rules, output } = lint(path, text);
      expect(output).not.toContain('No cached ProjectGraph');
      expect(rules).toContain(rule);
    },
    60_000,
  );

  it('while an import that goes the right way is let through', () => {
    expect(lint('libs/planning/src/plan.ts', use('keys', '@titrate/contracts')).rules).toEqual([]);
    expect(lint('apps/api/src/adapters.ts', use('a', '@titrate/records/postgres')).rules).toEqual([]);
    expect(
      lint(
        'workflows/src/run/run.workflow.ts',
        "import type * as activities from '../activities.ts';\nexport type A = typeof activities;\n",
      ).rules,
    ).toEqual([]);
  }, 60_000);
});
