import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ConfigurationInvalid, readConfiguration } from './configuration.ts';

const folders: string[] = [];
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'titrate-jobs-'));
  folders.push(folder);
  return folder;
}
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const complete = {
  TITRATE_API_TOKEN: 'a-token-of-32-characters-or-so',
  TITRATE_POSTGRES_URL: 'postgres://a:b@127.0.0.1:1/titrate',
  TITRATE_TEMPORAL_ADDRESS: '127.0.0.1:7233',
  TITRATE_JOBS_DIRECTORY: '/tmp/jobs',
  AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
  AWS_ACCESS_KEY_ID: 'id',
  AWS_SECRET_ACCESS_KEY: 'secret',
};

describe('readConfiguration', () => {
  it('reads a complete environment, with loopback and 20 GiB of upload unless told', () => {
    expect(readConfiguration(complete)).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      allowedHosts: [],
      usdPerGpuHour: null,
      uploadLimitBytes: 20 * 1024 ** 3,
    });
  });

  it.each(Object.keys(complete))('names the variable %s when it is missing or empty', (name) => {
    const without: Record<string, string | undefined> = { ...complete, [name]: undefined };
    expect(() => readConfiguration(without)).toThrow(new ConfigurationInvalid(`Cannot start the API as the variable ${name} must be set`));
    expect(() => readConfiguration({ ...complete, [name]: '' })).toThrow(name);
  });

  it('reads the job configuration of the operator, and needs no jobs folder for a cluster', () => {
    const path = join(newFolder(), 'jobs.yaml');
    writeFileSync(path, 'version: 1\nlauncher: { kind: kubernetes, namespace: runs, image: trainer }\n');
    const clustered = { ...complete, TITRATE_JOB_CONFIGURATION: path, TITRATE_JOBS_DIRECTORY: '' };
    expect(readConfiguration(clustered).jobs.launcher).toMatchObject({ kind: 'kubernetes', namespace: 'runs' });
    writeFileSync(path, 'version: 1\nlaunche: { kind: local }\n');
    expect(() => readConfiguration(clustered)).toThrow(
      `Cannot use ${path} as the job configuration as launche is not a known key; did you mean "launcher"?`,
    );
    expect(() => readConfiguration({ ...complete, TITRATE_JOB_CONFIGURATION: '/no/such.yaml' })).toThrow('must be a file that can be read');
  });

  it('refuses numbers that are none, and never shows a token', () => {
    expect(() => readConfiguration({ ...complete, TITRATE_API_PORT: '99999' })).toThrow(
      'TITRATE_API_PORT must be a port from 0 to 65535: current value is "99999"',
    );
    expect(() => readConfiguration({ ...complete, TITRATE_USD_PER_GPU_HOUR: '-1' })).toThrow('TITRATE_USD_PER_GPU_HOUR');
    expect(() => readConfiguration({ ...complete, TITRATE_API_TOKEN: 'short' })).toThrow('at least 16 characters: it has 5');
  });
});
