import { describe, expect, it } from '@jest/globals';
import type { ArtifactStore } from '@titrate/artifact-store';
import { keys } from '@titrate/contracts';
import { stepMetrics } from './step-metrics.ts';

const run = 'a'.repeat(64);
const token = 'b'.repeat(16);
const line = (step: number, loss: number | null) =>
  `${JSON.stringify({ step, loss, tokensPerSecond: 10, gradientNorm: null, mfu: null })}\n`;

/** The two methods that curves are read by, over segments by their keys; counts what is read. */
function storeOf(segments: Record<string, string>, starts: number) {
  const reads: string[] = [];
  const store = {
    readLog: async () => Array.from({ length: starts }, () => ({ kind: 'started', attempt: 1, token })),
    list: async function* (prefix: string) {
      for (const key of Object.keys(segments)) if (key.startsWith(prefix)) yield { key, sizeBytes: 1 };
    },
    read: async (key: string) => {
      reads.push(key);
      return new TextEncoder().encode(segments[key]);
    },
  } as unknown as ArtifactStore;
  return { store, reads };
}
const segment = (start: number, number: number) => `${keys.metrics(run, 1, token, start)}${String(number).padStart(8, '0')}.jsonl`;

describe('the curves of a run', () => {
  it('are told apart by the starts of an attempt, in the order of steps', async () => {
    const { store } = storeOf({ [segment(1, 1)]: line(2, 4), [segment(1, 0)]: line(1, 5), [segment(2, 0)]: line(2, 3) + line(3, null) }, 2);
    expect((await stepMetrics(store, run)).map(({ start, step, loss }) => [start, step, loss])).toEqual([
      [1, 1, 5],
      [1, 2, 4],
      [2, 2, 3],
      [2, 3, null],
    ]);
  });

  it('of a long training are means, and cost no more requests', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 1000 }, (_, number) => [
        segment(1, number),
        Array.from({ length: 20 }, (_, at) => line(number * 20 + at, 1)).join(''),
      ]),
    );
    const { store, reads } = storeOf(many, 1);
    const points = await stepMetrics(store, run);
    expect(points.length).toBeLessThanOrEqual(400);
    expect(reads.length).toBeLessThanOrEqual(60);
    expect([points.at(-1)?.step, points.at(-1)?.loss]).toEqual([19_999, 1]);
  });
});
