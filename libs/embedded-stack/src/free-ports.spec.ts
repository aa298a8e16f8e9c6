import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { freePorts, isPortFree } from './free-ports.ts';

const names = ['one', 'two', 'three', 'four'] as const;

describe('freePorts', () => {
  it('gives no port twice, whoever asks at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => freePorts(names)));
    const ports = answers.flatMap((answer) => Object.values(answer));
    expect(new Set(ports).size).toBe(ports.length);
  });

  it('keeps a preferred port that is free, and gives another one for a port that is taken', async () => {
    const { one, two } = await freePorts(names);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: two }, resolve));
    const again = await freePorts(['one', 'two'], { one, two });
    expect(again.one).toBe(one);
    expect(again.two).not.toBe(two);
    expect(await isPortFree(two)).toBe(false);
    server.close();
  });
});
