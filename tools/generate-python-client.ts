/** Writes the documents of the API as Python types. How they look is set in libs/python-client/pyproject.toml; decision 0025. */
import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const python = process.env['TITRATE_PYTHON'] ?? `${root}apps/trainer/.venv/bin/python`;

const parameters = ['-m', 'datamodel_code_generator', '--input', `${root}apps/api/openapi.json`, '--output', 'titrate_client/generated.py'];
execFileSync(python, parameters, {
  cwd: `${root}libs/python-client`,
  stdio: 'inherit',
  // It formats with the ruff beside its interpreter.
  env: { ...process.env, PATH: `${dirname(python)}:${process.env['PATH'] ?? ''}` },
});
