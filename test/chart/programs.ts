import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The chart under test. */
export const chart = fileURLToPath(new URL('../../charts/titrate', import.meta.url));

/** What a program said, and how it ended. */
export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where the rig built the programs: helm, kubeconform, and the one that is kubectl among others. */
function program(name: string): string {
  const folder = process.env['TITRATE_TEST_PROGRAMS'];
  if (folder === undefined)
    throw new Error('Cannot test the chart as TITRATE_TEST_PROGRAMS must name the folder of helm, kubeconform and hyperkube');
  return join(folder, name);
}

/** Runs a program to its end; rejects only when it cannot be started. */
function run(path: string, parameters: readonly string[], input = ''): Promise<Answer> {
  const kubeconfig = process.env['TITRATE_TEST_KUBECONFIG'] ?? process.env['KUBECONFIG'];
  const env = { ...process.env, ...(kubeconfig !== undefined && { KUBECONFIG: kubeconfig }) };
  return new Promise((resolve, reject) => {
    const child = execFile(path, parameters, { env, maxBuffer: 64 * 1024 ** 2 }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
    child.stdin?.end(input);
  });
}

export const helm = (...parameters: string[]): Promise<Answer> => run(program('helm'), parameters);
export const kubeconform = (input: string, ...parameters: string[]): Promise<Answer> => run(program('kubeconform'), parameters, input);

/** Asks the cluster under test. */
export const kubectl = (parameters: readonly string[], input = ''): Promise<Answer> =>
  run(program('hyperkube'), ['kubectl', ...parameters], input);

/** As `kubectl`, and throws what it said when it failed. */
export async function kubectlOk(parameters: readonly string[], input = ''): Promise<string> {
  const { code, stdout, stderr } = await kubectl(parameters, input);
  if (code !== 0) throw new Error(`kubectl ${parameters.join(' ')} ended with ${code}: ${stderr}`);
  return stdout;
}
