import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { starts } from './starts.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Instruction {
  readonly name: string;
  readonly value: string;
}

/** A Dockerfile's instructions, continued lines joined, remarks left out. */
function instructionsOf(file: string): Instruction[] {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => !line.startsWith('#'));
  const joined = lines.join('\n').replace(/\\\n\s*/g, '');
  return [...joined.matchAll(/^([A-Z]+) (.*)$/gm)].map(([, name = '', value = '']) => ({ name, value }));
}

describe.each(['trainer', 'control-plane'] as const)('images/%s/Dockerfile', (image) => {
  const instructions = instructionsOf(join(root, 'images', image, 'Dockerfile'));
  const defaults = new Map(
    instructions.filter(({ name }) => name === 'ARG').map(({ value }) => value.split('=', 2) as [string, string | undefined]),
  );
  /** A value as it is where nobody states a build argument. */
  const byDefault = (value: string): string => value.replace(/\$\{([A-Z]+)\}/g, (whole, name: string) => defaults.get(name) ?? whole);
  const last = instructions.findLastIndex(({ name }) => name === 'FROM');
  const final = (wanted: string): string[] =>
    instructions
      .slice(last)
      .filter(({ name }) => name === wanted)
      .map(({ value }) => value);

  it('starts its containers as the assembled image does', () => {
    const start = starts[image];
    expect(final('ENV').join(' ').split(/\s+/)).toEqual(start.Env);
    expect(final('USER')).toEqual([start.User]);
    expect(final('WORKDIR')).toEqual([start.WorkingDir]);
    expect([...final('ENTRYPOINT'), ...final('CMD')].map((value) => JSON.parse(value))).toEqual([
      'Entrypoint' in start ? start.Entrypoint : start.Cmd,
    ]);
  });

  it('takes bases from build arguments alone, each with room for a digest', () => {
    const stages = new Set(instructions.filter(({ name }) => name === 'FROM').map(({ value }) => / AS (\S+)$/.exec(value)?.[1]));
    const bases = instructions.filter(({ name }) => name === 'FROM').map(({ value }) => value.split(' ')[0] ?? '');
    const foreign = bases.filter((base) => !stages.has(base));
    expect(foreign.length).toBeGreaterThan(0);
    for (const base of foreign) expect(base).toMatch(/^\$\{([A-Z]+)\}\$\{\1_DIGEST:\+@\$\{\1_DIGEST\}\}$/);
  });

  it('copies only what the repository has', () => {
    const copies = instructions.filter(({ name, value }) => name === 'COPY' && !value.startsWith('--from='));
    const sources = copies.flatMap(({ value }) => byDefault(value).split(' ').slice(0, -1));
    expect(sources.filter((source) => !existsSync(join(root, source)))).toEqual([]);
    const allowed = readFileSync(join(root, 'images', image, 'Dockerfile.dockerignore'), 'utf8').split('\n');
    const covered = (source: string): boolean =>
      allowed.some((rule) => rule.startsWith('!') && `${source}/`.startsWith(`${rule.slice(1)}/`));
    expect(sources.filter((source) => source !== '.' && !covered(source))).toEqual([]);
  });

  it('brings labels of the OCI specification, its bill of materials and no health check', () => {
    for (const label of ['title', 'description', 'licenses', 'vendor', 'version', 'revision']) {
      expect(final('LABEL').join(' ')).toContain(`org.opencontainers.image.${label}=`);
    }
    expect(final('COPY')).toContain(`--from=bill /bill.json /usr/share/sbom/titrate-${image}.cdx.json`);
    expect(final('HEALTHCHECK')).toEqual([]);
  });
});
