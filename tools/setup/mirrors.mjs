import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What pip calls it, and what uv reads. pip's word for a list is blanks, uv's is blanks or commas. */
const NAMES = [
  ['index-url', 'UV_DEFAULT_INDEX'],
  ['extra-index-url', 'UV_INDEX'],
  ['find-links', 'UV_FIND_LINKS'],
  ['trusted-host', 'UV_INSECURE_HOST'],
  ['cert', 'SSL_CERT_FILE'],
  ['default-timeout', 'UV_HTTP_TIMEOUT'],
  ['timeout', 'UV_HTTP_TIMEOUT'],
  ['proxy', 'HTTPS_PROXY'],
  ['proxy', 'HTTP_PROXY'],
];
const COMMA_LISTS = new Set(['UV_FIND_LINKS']);

/**
 * The environment for uv: the user's own variables, and where they say nothing, the mirror, certificate and proxy that
 * pip is configured with. A machine on which `pip install` works needs no second configuration.
 */
export function uvEnvironment(python) {
  const settings = pipSettings(python);
  const environment = { ...process.env, UV_PYTHON_DOWNLOADS: 'never', UV_NO_CONFIG: '1' };
  for (const [name, variable] of NAMES) {
    const value = settings[name];
    if (value === undefined || environment[variable] || environment[variable.toLowerCase()]) continue;
    environment[variable] = COMMA_LISTS.has(variable) ? value.split(/\s+/).join(',') : value.split(/\n/).join(' ');
  }
  // Hashes decide what is installed, so it does not matter which index offers it first.
  if (environment.UV_INDEX) environment.UV_INDEX_STRATEGY ??= 'unsafe-best-match';
  return environment;
}

/** pip's settings by name, from pip itself or, where pip is missing, from its environment variables and usual files. */
export function pipSettings(python) {
  const settings = {};
  for (const [key, value] of listed(python) ?? fromFiles()) settings[key] = value;
  for (const [name, value] of Object.entries(process.env)) {
    if (name.startsWith('PIP_') && value) settings[name.slice(4).toLowerCase().replaceAll('_', '-')] = value;
  }
  return settings;
}

/** Pairs of `pip config list`, as in `global.index-url='https://...'`; null without pip. */
function listed(python) {
  let text;
  try {
    text = execFileSync(python, ['-m', 'pip', 'config', 'list'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    // Many machines have Python without pip.
    return null;
  }
  const lines = [...text.matchAll(/^(global|install|download)\.([a-z-]+)='(.*)'$/gm)];
  return lines.map(([, , name, value]) => [name, value.replaceAll('\\n', '\n').trim()]);
}

function fromFiles() {
  const files = [process.env.PIP_CONFIG_FILE, '/etc/pip.conf', join(homedir(), '.pip/pip.conf'), join(homedir(), '.config/pip/pip.conf')];
  return files.filter((file) => file && existsSync(file)).flatMap((file) => parseIni(readFileSync(file, 'utf8')));
}

function parseIni(text) {
  const pairs = [];
  let section = '';
  for (const line of text.split('\n')) {
    section = /^\[(.+)\]/.exec(line)?.[1] ?? section;
    const pair = /^([a-z][a-z_-]*)\s*[=:]\s*(.+)$/i.exec(line);
    if (pair !== null && (section === 'global' || section === 'install'))
      pairs.push([pair[1].toLowerCase().replaceAll('_', '-'), pair[2].trim()]);
  }
  return pairs;
}
