import { describe, expect, it } from '@jest/globals';
import { LogBroken, StoreConflict } from '@titrate/artifact-store';
import { JobNotLaunched, JobRefused } from '@titrate/job-launcher';
import { refusingTheHopeless } from './hopeless.ts';

const failing = (error: Error) => refusingTheHopeless({ ask: () => Promise.reject(error) }).ask();

describe('refusingTheHopeless', () => {
  const scopeRefused = Object.assign(new Error('too long a policy'), { code: 'SCOPE_REFUSED' });

  it.each([new JobRefused('refused'), new LogBroken('a key', 'broken'), scopeRefused])(
    'keeps $code from being tried again',
    async (error) => {
      await expect(failing(error)).rejects.toMatchObject({ nonRetryable: true, type: error.code, message: error.message });
    },
  );

  it.each([new JobNotLaunched('full'), new StoreConflict('a key', 'conflict'), new Error('ECONNREFUSED')])(
    'lets %s pass',
    async (error) => {
      await expect(failing(error)).rejects.toBe(error);
    },
  );
});
