import type { ArtifactStore } from '@titrate/artifact-store';
import { keys, type Digest } from '@titrate/contracts';
import { z } from 'zod';

/** One step as the trainer notes it, of what a curve is drawn from. */
const Line = z.object({
  step: z.int(),
  loss: z.number().nullable(),
  tokensPerSecond: z.number().nullable(),
  gradientNorm: z.number().nullable(),
});

/** A point of the curves of a run: means over consecutive steps of one start of one attempt. */
export const MetricPoint = z.strictObject({
  attempt: z.int(),
  start: z.int().meta({ description: 'of the attempt: a queue may take its place back and start it again' }),
  step: z.int().meta({ description: 'the last of the steps' }),
  loss: z.number().nullable(),
  tokensPerSecond: z.number().nullable(),
  gradientNorm: z.number().nullable(),
});
export type MetricPoint = z.infer<typeof MetricPoint>;

/** Segments that are read of one start, and points that are made of them: what an answer costs does not grow with a training. */
const SEGMENTS = 60;
const POINTS = 400;

/** The curves of a run from the metrics that each start of it left in the store, in the order of its log. */
export async function stepMetrics(artifacts: ArtifactStore, run: Digest): Promise<MetricPoint[]> {
  const starts = new Map<string, number>();
  const points: MetricPoint[] = [];
  for (const entry of await artifacts.readLog(run, 0)) {
    if (entry.kind !== 'started') continue;
    const start = (starts.get(entry.token) ?? 0) + 1;
    starts.set(entry.token, start);
    const lines = await linesOf(artifacts, keys.metrics(run, entry.attempt, entry.token, start));
    points.push(...means(lines).map((point) => ({ attempt: entry.attempt, start, ...point })));
  }
  return points;
}

/** The lines of segments, or of evenly chosen ones with the first and the last among them. */
async function linesOf(artifacts: ArtifactStore, prefix: string): Promise<z.infer<typeof Line>[]> {
  const found: string[] = [];
  for await (const { key } of artifacts.list(prefix)) found.push(key);
  const texts = await Promise.all(evenly(found.sort(), SEGMENTS).map((key) => artifacts.read(key)));
  return texts.flatMap((bytes) =>
    Buffer.from(bytes ?? [])
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => Line.parse(JSON.parse(line))),
  );
}

function evenly<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, index) => items[Math.round((index * (items.length - 1)) / (most - 1))]!);
}

/** At most `POINTS` means over as many lines each. */
function means(lines: readonly z.infer<typeof Line>[]): Omit<MetricPoint, 'attempt' | 'start'>[] {
  const size = Math.max(1, Math.ceil(lines.length / POINTS));
  return Array.from({ length: Math.ceil(lines.length / size) }, (_, index) => {
    const group = lines.slice(index * size, (index + 1) * size);
    const mean = (name: 'loss' | 'tokensPerSecond' | 'gradientNorm') => {
      const known = group.flatMap((line) => line[name] ?? []);
      return known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0) / known.length;
    };
    return { step: group.at(-1)!.step, loss: mean('loss'), tokensPerSecond: mean('tokensPerSecond'), gradientNorm: mean('gradientNorm') };
  });
}
