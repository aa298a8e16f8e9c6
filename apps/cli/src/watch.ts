import { setTimeout as sleep } from 'node:timers/promises';
import { ServerUnreachable, type Client } from '@titrate/api-client';
import type { CellStatus, Run, Sweep } from '@titrate/contracts';
import { allItems } from './cli.ts';
import { LiveScreen } from './render/live-screen.ts';
import { runRows, type RunRow } from './render/run-row.ts';
import { changeLines, summary, sweepFrame } from './render/sweep-frame.ts';
import type { Terminal } from './terminal.ts';

/** Where a watched sweep has come to. */
export interface Watched {
  readonly sweep: Sweep;
  readonly rows: readonly RunRow[];
}

/** A server that restarts is waited for so long. */
const PATIENCE_MS = 60_000;
const ENDED = ['finished', 'failed', 'cancelled'];

/**
 * Shows a sweep until it has ended: redrawn in place on a terminal, a line for each change elsewhere.
 * A server that is away for less than a minute is waited for. Of a sweep that `isKnown` from before, what has finished at the
 * first look is shown as reused: nothing was trained for it this time.
 *
 * @throws the signal's reason when it is aborted; ServerUnreachable when the server stays away
 */
export async function watchSweep(
  client: Client,
  terminal: Terminal,
  { id, isKnown = false }: { id: string; isKnown?: boolean },
  signal: AbortSignal,
): Promise<Watched> {
  const display = terminal.isLive ? liveDisplay(terminal) : lineDisplay(terminal);
  let reused: readonly string[] | null = isKnown ? null : [];
  try {
    for (;;) {
      const seen = await patiently(() => look(client, id), signal);
      reused ??= seen.rows.filter(({ state }) => state === 'finished').map(({ run }) => run);
      const watched = { ...seen, rows: asReused(seen.rows, reused) };
      // A frame that is drawn after the end was announced would cover it.
      signal.throwIfAborted();
      display.show(watched);
      if (ENDED.includes(watched.sweep.state)) return watched;
      await pause(watched.rows.length > 200 ? 5000 : 1000, signal);
    }
  } finally {
    display.end();
  }
}

/** Rows of these runs, told as reused. */
export function asReused(rows: readonly RunRow[], runs: readonly string[]): RunRow[] {
  return rows.map((row) => (row.state === 'finished' && runs.includes(row.run) ? { ...row, state: 'reused' } : row));
}

/** A sweep and its runs as they are now. */
export async function look(client: Client, id: string): Promise<Watched> {
  const cells: CellStatus[] = await allItems((query) => client.listSweepCells({ id, ...query }));
  const runs: Run[] = await allItems((query) => client.listSweepRuns({ id, ...query }));
  // The sweep is read last: when it says that it has ended, the cells that were read before may be older.
  const sweep: Sweep = await client.getSweep({ id });
  const fresh = ENDED.includes(sweep.state) ? await allItems((query) => client.listSweepCells({ id, ...query })) : cells;
  return { sweep, rows: runRows(fresh, runs) };
}

async function patiently<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    signal.throwIfAborted();
    try {
      return await ask();
    } catch (error) {
      if (!isPassing(error) || Date.now() > deadline) throw error;
      await pause(500, signal);
    }
  }
}

const isPassing = (error: unknown): boolean => error instanceof ServerUnreachable || ((error as { status?: number }).status ?? 0) >= 500;

/** Sleeps; an abort ends it with the signal's own reason. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch((error: Error) => {
    signal.throwIfAborted();
    throw error;
  });
}

interface Display {
  show(watched: Watched): void;
  end(): void;
}

function liveDisplay(terminal: Terminal): Display {
  const screen = new LiveScreen(terminal);
  return {
    show: ({ sweep, rows }) =>
      screen.show(sweepFrame(sweep, rows, { columns: terminal.columns(), rows: terminal.rows(), hasColour: terminal.hasColour })),
    end: () => screen.end(),
  };
}

function lineDisplay(terminal: Terminal): Display {
  let before: readonly RunRow[] = [];
  let state = '';
  return {
    show({ sweep, rows }) {
      for (const line of changeLines(before, rows)) terminal.say(line);
      const now = `${sweep.name}: ${sweep.state}${sweep.reason ? ` (${sweep.reason})` : ''}`;
      if (now !== state) terminal.say(`${now}; ${summary(rows)}`);
      [before, state] = [rows, now];
    },
    end: () => undefined,
  };
}
