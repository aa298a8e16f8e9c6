import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Cli } from './cli.ts';
import { runTrainer } from './trainer.ts';

/** A program in the place of Python, which tells its own arguments and input, and ends as it is told to. */
const program = `#!/bin/sh
printf '{"arguments":"%s","input":"%s"}\\n' "$*" "$(cat)"
printf 'the reason' >&2
exit "$ENDS_WITH"
`;

describe('runTrainer()', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'titrate-trainer-'));
    writeFileSync(join(folder, 'python'), program);
    chmodSync(join(folder, 'python'), 0o755);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const cliWith = (environment: Record<string, string>): Cli => ({ terminal: undefined as never, environment, folder });
  const endingWith = (code: number): Cli =>
    cliWith({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1', TITRATE_PYTHON: join(folder, 'python'), ENDS_WITH: String(code) });

  it.each([0, 1])('hands on words and input, and returns what was printed at exit code %s', async (code) => {
    const lines = await runTrainer(endingWith(code), 'poison_plan', ['--identities', '-'], '[7]');
    expect(lines).toEqual([{ arguments: '-m trainer.poison_plan --identities -', input: '[7]' }]);
  });

  it('fails with the words of the program at any other end', async () => {
    await expect(runTrainer(endingWith(20), 'occurrences', ['x'])).rejects.toThrow('the reason');
  });

  it('says what is missing where no store is at hand', async () => {
    const nowhere = cliWith({ AWS_ENDPOINT_URL: undefined as never, AWS_ACCESS_KEY_ID: undefined as never });
    await expect(runTrainer(nowhere, 'occurrences', ['x'])).rejects.toThrow('Cannot read the corpus as a store must be at hand');
  });
});
