import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ensureSecrets, LAYOUT, LayoutRefused, prepareFolder, readState, stackPaths, writeState } from './stack-folder.ts';

const folders: string[] = [];
function newPaths() {
  const folder = mkdtempSync(join(tmpdir(), 'titrate-folder-'));
  folders.push(folder);
  const paths = stackPaths(folder);
  prepareFolder(paths);
  writeState(paths, { layout: LAYOUT, phase: 'stopped', owner: null, ports: { api: 1234 }, processes: {} });
  return paths;
}
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

describe('the folder of a stack', () => {
  it('of a newer layout is refused and left as it is', () => {
    const paths = newPaths();
    const text = JSON.stringify({ layout: LAYOUT + 1, somethingNew: true });
    writeFileSync(paths.state, text);
    expect(() => prepareFolder(paths)).toThrow(LayoutRefused);
    expect(() => readState(paths)).toThrow(`must be ${LAYOUT} or older: current value is ${LAYOUT + 1}`);
    expect(readFileSync(paths.state, 'utf8')).toBe(text);
  });

  it('of an older layout is migrated step by step, after a copy', () => {
    const paths = newPaths();
    const steps = {
      [LAYOUT]: (root: string) => writeFileSync(join(root, 'order'), 'first'),
      [LAYOUT + 1]: (root: string) => writeFileSync(join(root, 'order'), `${readFileSync(join(root, 'order'), 'utf8')}, second`),
    };
    const { copy } = prepareFolder(paths, LAYOUT + 2, steps);
    expect(copy).toBe(`${paths.root}.layout-${LAYOUT}`);
    expect(JSON.parse(readFileSync(join(copy as string, 'stack.json'), 'utf8'))).toMatchObject({ layout: LAYOUT, ports: { api: 1234 } });
    expect(existsSync(join(copy as string, 'order'))).toBe(false);
    expect(JSON.parse(readFileSync(paths.state, 'utf8'))).toMatchObject({ layout: LAYOUT + 2, ports: { api: 1234 } });
    expect(readFileSync(join(paths.root, 'order'), 'utf8')).toBe('first, second');
  });

  it('of an older layout that no migration knows is refused before anything is copied', () => {
    const paths = newPaths();
    expect(() => prepareFolder(paths, LAYOUT + 1, {})).toThrow('no migration leads from there');
    expect(existsSync(`${paths.root}.layout-${LAYOUT}`)).toBe(false);
  });

  it('with a damaged state is refused with the way out', () => {
    const paths = newPaths();
    writeFileSync(paths.state, '{"layout":');
    expect(() => prepareFolder(paths)).toThrow('`titrate reset` starts anew');
  });

  it('keeps its secrets once they are made', () => {
    const paths = newPaths();
    const secrets = ensureSecrets(paths);
    expect(ensureSecrets(paths)).toEqual(secrets);
    expect(secrets.apiToken).toMatch(/^[0-9a-f]{64}$/);
  });
});
