import { describe, expect, it } from '@jest/globals';
import { JobConfigurationInvalid, localJobs, parseJobConfiguration, readJobConfiguration } from './index.ts';

const refusal = (text: string): string => {
  try {
    parseJobConfiguration('jobs.yaml', text);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('the configuration was accepted');
};

describe('parseJobConfiguration', () => {
  it('fills in the defaults: local processes and one profile', () => {
    expect(parseJobConfiguration('jobs.yaml', 'version: 1')).toEqual(localJobs);
    expect(localJobs).toMatchObject({ launcher: { kind: 'local' }, profiles: { cpu: { gpusPerNode: 0 } }, pollSeconds: 0.5 });
  });

  it('reads what an operator writes for a cluster', () => {
    const text = `
version: 1
launcher: { kind: kubernetes, namespace: runs, image: 'registry.example/titrate@sha256:1' }
profiles: { gpu: { gpusPerNode: 8, processesPerNode: 8 } }
assignment: { train: [{ profile: gpu }], evaluate: [{ profile: gpu }], corpus: gpu, analyse: gpu }
failureRules: { killed: { retry: never, counts: true, backOffSeconds: 0, backOffLimitSeconds: 0 } }`;
    expect(parseJobConfiguration('jobs.yaml', text)).toMatchObject({
      launcher: { namespace: 'runs', queue: null, storeAccess: { kind: 'session' } },
      failureRules: { killed: { retry: 'never' } },
    });
  });

  it('refuses an unknown key with the field and what was probably meant', () => {
    expect(refusal('version: 1\nprofiles: { cpu: { gpuPerNode: 1 } }')).toBe(
      'Cannot use jobs.yaml as the job configuration as profiles.cpu.gpuPerNode is not a known key; did you mean "gpusPerNode"?: current value is 1',
    );
  });

  it('names field, rule and value of each fault', () => {
    expect(refusal('version: 1\npollSeconds: 100\nmaxInterruptions: 0')).toBe(
      'Cannot use jobs.yaml as the job configuration as maxInterruptions must be at least 1: current value is 0; pollSeconds must be at most 60: current value is 100',
    );
    expect(
      refusal('version: 1\nassignment: { train: [{ profile: big }], evaluate: [{ profile: cpu }], corpus: cpu, analyse: cpu }'),
    ).toContain('assignment.train[0].profile must be one of the profiles cpu');
  });

  it('says which kinds there are', () => {
    expect(refusal('version: 1\nlauncher: { kind: kubernete }')).toContain(
      'launcher.kind must be "local" or "kubernetes": current value is "kubernete"',
    );
  });

  it.each(['[]', '', 'version: 1\nversion: 1', '{'])('refuses %j', (text) => {
    expect(refusal(text)).toContain('Cannot use jobs.yaml as the job configuration as it must');
  });
});

describe('readJobConfiguration', () => {
  const unread = (path: string): string => {
    throw new Error(`ENOENT: no such file ${path}`);
  };

  it.each([undefined, ''])('is local jobs where %j names no file, and reads nothing', (path) => {
    expect(readJobConfiguration(path, unread)).toBe(localJobs);
  });

  it('reads the file that is named, and tells of one that cannot be read as of one that is wrong', () => {
    expect(readJobConfiguration('jobs.yaml', (path) => `version: 1 # ${path}`)).toEqual(localJobs);
    expect(() => readJobConfiguration('jobs.yaml', () => 'version: 2')).toThrow(JobConfigurationInvalid);
    expect(() => readJobConfiguration('jobs.yaml', unread)).toThrow(
      'Cannot use jobs.yaml as the job configuration as it must be a file that can be read: ENOENT: no such file jobs.yaml',
    );
  });
});
