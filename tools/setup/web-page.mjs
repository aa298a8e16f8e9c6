import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { node24 } from './node-packages.mjs';
import { SetupRefused } from './platform.mjs';
import { runThrough } from './processes.mjs';

/** What the page is built from: its sources, the libraries that it imports, and the versions of all packages. */
const SOURCES = ['apps/web/src', 'libs/api-client/src', 'libs/contracts/src'];
const FILES = ['apps/web/index.html', 'apps/web/vite.config.ts', 'apps/web/package.json', 'package-lock.json'];

/** One digest over names and contents, in the order of names; tests are no part of the page. */
function digestOfSources(root) {
  const found = SOURCES.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.includes('.spec.'))
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name)),
  );
  const hash = createHash('sha256');
  for (const path of [...found.sort(), ...FILES.map((file) => join(root, file))]) {
    const bytes = readFileSync(path);
    hash.update(`${path.slice(root.length)} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}

const stampOf = (root) => join(root, 'apps/web/dist/.sources');

/** Whether apps/web/dist was built from what lies here now. */
export function webPageMatches(root) {
  const stamp = stampOf(root);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === digestOfSources(root);
}

/**
 * Builds the page where its sources changed, in some seconds. A server that runs goes on with the old one until the new one
 * is whole.
 *
 * @throws SetupRefused
 */
export async function ensureWebPage(root, say) {
  if (webPageMatches(root)) return;
  say('building the web page');
  const digest = digestOfSources(root);
  const folder = join(root, 'apps/web');
  const vite = join(dirname(createRequire(join(folder, 'package.json')).resolve('vite/package.json')), 'bin/vite.js');
  const code = await runThrough(node24(root), [vite, 'build', '--outDir', 'dist-new', '--emptyOutDir', '--logLevel', 'warn'], {
    cwd: folder,
  });
  if (code !== 0) throw new SetupRefused(`Cannot build the web page: vite ended with code ${code}. What it printed stands above.`);
  writeFileSync(join(folder, 'dist-new/.sources'), digest);
  rmSync(join(folder, 'dist'), { recursive: true, force: true });
  renameSync(join(folder, 'dist-new'), join(folder, 'dist'));
}
