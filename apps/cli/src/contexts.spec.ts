import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { chooseServer, contextsFile, readContexts, writeContexts, type Choice } from './contexts.ts';

const homes: string[] = [];
afterEach(() => homes.splice(0).forEach((home) => rmSync(home, { recursive: true, force: true })));

/** A home with two contexts, and a folder below one that holds a stack. */
function newTestPlace() {
  const home = mkdtempSync(join(tmpdir(), 'titrate-contexts-'));
  homes.push(home);
  const stackFolder = join(home, 'work');
  const folder = join(stackFolder, 'deep', 'er');
  mkdirSync(join(stackFolder, '.titrate'), { recursive: true });
  mkdirSync(folder, { recursive: true });
  const environment = { HOME: home };
  const contexts = {
    lab: { server: 'https://lab.example', token: 'lab-token' },
    other: { server: 'https://other.example/', token: 'other-token' },
  };
  writeContexts(contextsFile(environment), { current: 'lab', contexts });
  const stackOf = (at: string) => (at === stackFolder ? { apiUrl: 'http://127.0.0.1:7', apiToken: 'stack-token' } : null);
  const choose = (change: Partial<Choice>) => chooseServer({ environment, folder: home, stackOf, ...change });
  return { home, folder, environment, choose };
}

describe('chooseServer()', () => {
  it('takes, in this order: option, named context, environment, stack in a folder above, current context', () => {
    const { folder, environment, choose } = newTestPlace();
    const spoken = { ...environment, TITRATE_SERVER: 'http://env.example', TITRATE_TOKEN: 'env-token' };
    expect(choose({ server: 'http://a.example', token: 't', context: 'other', environment: spoken, folder })).toEqual({
      server: 'http://a.example',
      token: 't',
    });
    expect(choose({ context: 'other', environment: spoken, folder })).toEqual({ server: 'https://other.example/', token: 'other-token' });
    expect(choose({ environment: spoken, folder })).toEqual({ server: 'http://env.example', token: 'env-token' });
    expect(choose({ folder })).toEqual({ server: 'http://127.0.0.1:7', token: 'stack-token' });
    expect(choose({})).toEqual({ server: 'https://lab.example', token: 'lab-token' });
  });

  it('sends a saved token to no other server than its own', () => {
    const { choose } = newTestPlace();
    expect(choose({ server: 'https://other.example' }).token).toBe('other-token');
    expect(choose({ server: 'https://stranger.example' }).token).toBe('');
  });

  it('refuses what names no server, with what to do', () => {
    const { choose, home } = newTestPlace();
    expect(() => choose({ context: 'lba' })).toThrow('Cannot use context lba as it must be a known one (lab, other)');
    expect(() => choose({ server: 'lab:8080' })).toThrow(/must be an http or https URL/);
    expect(() => choose({ environment: { HOME: join(home, 'empty') } })).toThrow(/`titrate up`/);
  });
});

describe('contexts', () => {
  it('are kept where only their owner reads them', () => {
    const file = contextsFile(newTestPlace().environment);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readContexts(file).current).toBe('lab');
  });

  it('that are damaged are told by their path', () => {
    const { environment } = newTestPlace();
    const file = contextsFile(environment);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '{');
    expect(() => readContexts(file)).toThrow(file);
  });
});
