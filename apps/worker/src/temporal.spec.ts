import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { temporalFrom } from './temporal.ts';

const folders: string[] = [];
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'titrate-tls-'));
  folders.push(folder);
  return folder;
}
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const plain = { TITRATE_TEMPORAL_ADDRESS: '127.0.0.1:7233' };

describe('temporalFrom', () => {
  it('is a plain connection to the default namespace unless told otherwise', () => {
    expect(temporalFrom(plain)).toEqual({ address: '127.0.0.1:7233', namespace: 'default' });
    expect(temporalFrom({ ...plain, TITRATE_TEMPORAL_TLS: 'false', TITRATE_TEMPORAL_NAMESPACE: 'runs' })).toMatchObject({
      namespace: 'runs',
    });
  });

  it('encrypts for an API key, and with certificates', () => {
    const pem = join(newFolder(), 'a.pem');
    writeFileSync(pem, 'PEM');
    expect(temporalFrom({ ...plain, TITRATE_TEMPORAL_API_KEY: 'key' })).toMatchObject({ apiKey: 'key', tls: {} });
    const certificates = { TITRATE_TEMPORAL_TLS_CA: pem, TITRATE_TEMPORAL_TLS_CERTIFICATE: pem, TITRATE_TEMPORAL_TLS_KEY: pem };
    const PEM = Buffer.from('PEM');
    expect(temporalFrom({ ...plain, ...certificates }).tls).toEqual({
      serverRootCACertificate: PEM,
      clientCertPair: { crt: PEM, key: PEM },
    });
  });

  it('refuses what cannot be, by the name of the variable', () => {
    expect(() => temporalFrom({})).toThrow('must set TITRATE_TEMPORAL_ADDRESS');
    expect(() => temporalFrom({ ...plain, TITRATE_TEMPORAL_TLS: 'yes' })).toThrow(
      'TITRATE_TEMPORAL_TLS must be true or false: current value is "yes"',
    );
    expect(() => temporalFrom({ ...plain, TITRATE_TEMPORAL_TLS_CA: '/no/such.pem' })).toThrow('TITRATE_TEMPORAL_TLS_CA must name a file');
    expect(() => temporalFrom({ ...plain, TITRATE_TEMPORAL_TLS_KEY: '/dev/null' })).toThrow('must be set together');
  });
});
