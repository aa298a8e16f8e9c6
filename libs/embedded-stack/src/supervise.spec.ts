import { describe, expect, it } from '@jest/globals';
import { supervise, type Part } from './supervise.ts';
import type { Server } from './server.ts';

/** A part whose starts the test decides: each call of `start` takes the next behaviour, the last one again and again. */
function part(...behaviours: ('runs' | 'ends' | 'fails')[]): { part: Part; starts: () => number; endCurrent: () => void } {
  let starts = 0;
  let end: () => void = () => undefined;
  const start = async (): Promise<Server> => {
    const behaviour = behaviours[Math.min(starts++, behaviours.length - 1)];
    if (behaviour === 'fails') throw new Error('it refused');
    const ended = new Promise<void>((resolve) => (end = resolve));
    if (behaviour === 'ends') end();
    return { pid: starts, logFile: '', ended, stop: async () => end() };
  };
  return { part: { name: 'part', start }, starts: () => starts, endCurrent: () => end() };
}

function listen() {
  const heard: string[] = [];
  let gaveUp: (reason: string) => void = () => undefined;
  let ready: () => void = () => undefined;
  const whenGivenUp = new Promise<string>((resolve) => (gaveUp = resolve));
  const events = {
    onReady: (_: string, server: Server) => (heard.push(`ready ${server.pid}`), ready()),
    onRestart: (_: string, delayMs: number) => void heard.push(`restart in ${delayMs}`),
    onGaveUp: (_: string, reason: string) => gaveUp(reason),
  };
  return { events, heard, whenGivenUp, nextReady: () => new Promise<void>((resolve) => (ready = resolve)) };
}

describe('supervise', () => {
  it('starts a part again that ended, and one whose restart failed, at growing intervals', async () => {
    const { part: subject, endCurrent } = part('runs', 'fails', 'runs');
    const { events, heard, nextReady } = listen();
    const supervised = await supervise(subject, events, 1);
    const back = nextReady();
    endCurrent();
    await back;
    expect(heard).toEqual(['ready 1', 'restart in 1', 'restart in 2', 'ready 3']);
    await supervised.stop();
  });

  it('gives up on a part that ends again and again within a minute', async () => {
    const { part: subject, starts } = part('ends');
    const { events, whenGivenUp } = listen();
    await supervise(subject, events, 1);
    expect(await whenGivenUp).toBe('it ended');
    expect(starts()).toBe(6);
  });

  it('does not start a part again that was stopped', async () => {
    const { part: subject, starts } = part('runs');
    const supervised = await supervise(subject, listen().events, 1);
    await supervised.stop();
    await supervised.stop();
    expect(starts()).toBe(1);
  });

  it('throws what the first start throws', async () => {
    await expect(supervise(part('fails').part, listen().events)).rejects.toThrow('it refused');
  });
});
