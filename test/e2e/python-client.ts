import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { SweepSpecInput } from '@titrate/contracts';
import type { OwnedStack } from '@titrate/embedded-stack';

const root = fileURLToPath(new URL('../..', import.meta.url));
const programs = `${root}apps/trainer/.venv/bin`;
const run = promisify(execFile);

/** What the Python client tells of a sweep; rows of its frames. */
interface Told {
  readonly ended: { readonly id: string; readonly state: string };
  readonly runs: readonly { readonly state: string }[];
  readonly evaluations: readonly { readonly run: string; readonly step: number; readonly increase: number | null }[];
  readonly results: Told['evaluations'];
  readonly conditions: readonly { readonly dose: number; readonly effect: number | null }[];
}

const FOLLOW = `
import json, sys
from titrate_client import Titrate

with Titrate() as titrate:
    sweep = titrate.submit(json.loads(sys.argv[1]))
    ended = titrate.wait(sweep, timeout_seconds=60)
    assert sweep["id"] in set(titrate.sweeps(state="finished")["id"])
    numbers = ("run", "step", "increase")
    print(json.dumps({
        "ended": ended,
        "runs": [{"state": state} for state in titrate.runs(sweep)["state"]],
        "evaluations": [dict(zip(numbers, row)) for row in titrate.evaluations(sweep)[list(numbers)].itertuples(index=False)],
        "results": [dict(zip(numbers, row)) for row in titrate.results(sweep)[list(numbers)].itertuples(index=False)],
        "conditions": [{"dose": int(dose), "effect": None if effect != effect else effect}
                       for dose, effect in titrate.conditions(sweep)[["dose", "effect"]].itertuples(index=False)],
    }, default=int))
`;

function environment(stack: OwnedStack, sweep = ''): NodeJS.ProcessEnv {
  const { apiUrl, apiToken } = stack;
  const client = { PYTHONPATH: `${root}libs/python-client`, PYTHONDONTWRITEBYTECODE: '1' };
  return { ...process.env, ...client, TITRATE_SERVER: apiUrl, TITRATE_TOKEN: apiToken, TITRATE_SWEEP: sweep };
}

/** Submits a spec by the Python client, waits for its end, and reads it as frames. */
export async function followByPython(stack: OwnedStack, spec: SweepSpecInput): Promise<Told> {
  const { stdout } = await run(`${programs}/python`, ['-c', FOLLOW, JSON.stringify(spec)], { env: environment(stack), cwd: root });
  return JSON.parse(stdout) as Told;
}

/** Executes the example notebook for a sweep. It ends with an error when a cell does. */
export async function executeNotebook(stack: OwnedStack, sweep: string): Promise<{ figures: string[]; text: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'titrate-notebook-'));
  try {
    const executed = join(folder, 'executed.ipynb');
    const parameters = [`--output=${executed}`, `${root}examples/notebooks/dose-response.ipynb`];
    const settings = { IPYTHONDIR: folder, JUPYTER_CONFIG_DIR: folder, JUPYTER_RUNTIME_DIR: folder, MPLCONFIGDIR: folder };
    await run(`${programs}/jupyter-execute`, parameters, { env: { ...environment(stack, sweep), ...settings }, cwd: root });
    return outputsOf(readFileSync(executed, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Output {
  readonly data?: Readonly<Record<string, string>>;
  readonly text?: string | readonly string[];
}

function outputsOf(notebook: string): { figures: string[]; text: string } {
  const { cells } = JSON.parse(notebook) as { cells: { outputs?: Output[] }[] };
  const outputs = cells.flatMap((cell) => cell.outputs ?? []);
  return {
    figures: outputs.flatMap(({ data }) => (data?.['image/png'] === undefined ? [] : [data['image/png']])),
    text: outputs.map(({ text }) => [text ?? []].flat().join('')).join(''),
  };
}
