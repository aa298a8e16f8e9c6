import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Text files that git knows, with their content. Binary ones are left out. */
const files = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
  .split('\0')
  .filter((name) => name !== '')
  .map((name) => ({ name, bytes: readFileSync(join(root, name)) }))
  .filter(({ bytes }) => !bytes.includes(0))
  .map(({ name, bytes }) => ({ name, text: bytes.toString('utf8') }));

/** Lines with the pattern, as `file:line`. */
function found(pattern: RegExp): string[] {
  return files.flatMap(({ name, text }) => text.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${name}:${index + 1}`] : [])));
}

// Put together here, so that this file does not hold what it looks for.
const hosts = new RegExp(
  ['registry\\.npmjs', 'pypi', 'pythonhosted', 'proxy\\.golang', 'artifactory', 'nexus']
    // A package URL as in `pkg:npm/…` names a kind of package, not a host.
    .map((host) => `(?<!pkg:)${host}[\\w.-]*\\.?(org|com|net)?/`)
    .join('|'),
);
const homes = new RegExp(`(^|[\\s"'\`(=:])/(${['root', 'home', 'work', 'Users', 'workspace'].join('|')})/\\w`);

describe('committed files', () => {
  it('are there to be looked at', () => {
    expect(files.length).toBeGreaterThan(200);
  });

  it('name no registry or mirror: downloads follow what the user has configured', () => {
    // pip and npm know their public default by themselves; set-up without pip must name it. It also proves the pattern.
    expect(found(hosts).map((place) => place.split(':')[0])).toEqual(['tools/setup/fetch_uv.py']);
  });

  it('lock by hash and not by address', () => {
    expect(found(/"resolved": "[h]ttp/)).toEqual([]);
    const locks = files.filter(({ name }) => /requirements.*\.lock$/.test(name));
    expect(locks.map(({ name }) => name).sort()).toEqual(
      ['requirements-dev', 'requirements-embedded', 'requirements-vllm', 'requirements-vllm-cpu', 'requirements']
        .map((name) => `apps/trainer/${name}.lock`)
        .sort(),
    );
    expect(locks.filter(({ text }) => !text.includes('--hash=sha256:') || /https?:|--(extra-)?index-url/.test(text))).toEqual([]);
  });

  it('name no path of the machine that they were written on', () => {
    expect(['root', 'home', 'work'].every((folder) => homes.test(`see /${folder}/somebody`))).toBe(true);
    expect(found(homes)).toEqual([]);
  });
});
