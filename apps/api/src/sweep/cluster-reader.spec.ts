import { describe, expect, it } from '@jest/globals';
import { createClusterReader } from './cluster-reader.ts';

describe('a cluster reader', () => {
  it('asks once a minute', async () => {
    const clock = { ms: 0 };
    let asked = 0;
    const read = createClusterReader(
      async () => ({ nodes: [], asked: ++asked }),
      () => clock.ms,
    );
    await Promise.all([read(), read()]);
    clock.ms = 60_000;
    await read();
    expect(asked).toBe(1);
    clock.ms = 60_001;
    await read();
    expect(asked).toBe(2);
  });

  it('knows nothing of a cluster that does not answer, and asks it again later', async () => {
    const clock = { ms: 0 };
    const answers = [Promise.reject(new Error('ECONNREFUSED')), Promise.resolve({ nodes: [] })];
    const read = createClusterReader(
      () => answers.shift()!,
      () => clock.ms,
    );
    expect(await read()).toBeNull();
    clock.ms = 61_000;
    expect(await read()).toEqual({ nodes: [] });
  });
});
