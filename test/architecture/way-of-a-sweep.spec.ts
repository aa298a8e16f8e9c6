import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pagesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);
const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', ...pagesIn('docs'), ...pagesIn('examples')];
const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');

/** Paths of the repository in code marks: those that begin with one of its folders. */
const pathsIn = (text: string): string[] =>
  [...text.matchAll(/`((?:apps|libs|workflows|tools|test|docs|examples)\/[\w./-]+)`/g)].map((match) => match[1] as string);

/** Targets of links that stay within the repository, with their anchors. */
const linksIn = (text: string): string[] =>
  [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] as string).filter((target) => !/^[a-z]+:/.test(target));

/** The anchors that GitHub gives to the headings of a page. */
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map((match) =>
    (match[1] as string)
      .toLowerCase()
      .replace(/[^a-z0-9 _-]/g, '')
      .replaceAll(' ', '-'),
  );

describe('the way of a sweep in the README', () => {
  const [, table = ''] = textOf('README.md').split('## The way of a sweep');
  const stops = (table.split('\n## ')[0] as string).split('\n').filter((line) => line.includes('| `'));

  it('leads from the spec to the report', () => {
    expect(stops.length).toBeGreaterThanOrEqual(15);
    expect(stops[0]).toContain('libs/contracts/src/sweep-spec.ts');
  });

  it.each(stops.map((line) => pathsIn(line)))('passes %s, which exists', (...paths) => {
    expect(paths.length).toBeGreaterThan(0);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});

describe('pages for people', () => {
  it.each(pages)('%s names no path that is not there', (page) => {
    expect(pathsIn(textOf(page)).filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it.each(pages)('%s has no link that leads nowhere', (page) => {
    const dead = linksIn(textOf(page)).filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      if (!existsSync(join(root, target))) return true;
      return anchor !== undefined && !anchorsOf(textOf(target)).includes(anchor);
    });
    expect(dead).toEqual([]);
  });

  it.each(pages)('%s holds nothing that waits to be filled in', (page) => {
    expect(textOf(page)).not.toMatch(/\b(TODO|TBD|FIXME|XXX)\b|lorem ipsum/i);
  });
});
