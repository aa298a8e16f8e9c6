import { ApiProblem, type Client } from '@titrate/api-client';
import type { Report } from '@titrate/contracts';
import { Failed } from '../exit-codes.ts';
import { reportView } from '../render/report-view.ts';
import { runLines } from '../render/sweep-frame.ts';
import type { Terminal } from '../terminal.ts';
import type { Watched } from '../watch.ts';

/** The end of a watched sweep: its table and the verdict in words, from the report. @throws Failed where the sweep or one of its runs failed */
export async function showEnd(client: Client, terminal: Terminal, { sweep, rows }: Watched): Promise<Report | null> {
  const report = await reportOf(client, sweep.id);
  if (report) terminal.out(`\n${reportView(report, terminal.columns() - 1)}`);
  else terminal.out(`\n${runLines(rows).join('\n')}`);
  if (sweep.state !== 'finished') throw new Failed(`Sweep ${sweep.id} ended as ${sweep.state}${sweep.reason ? `: ${sweep.reason}` : ''}`);
  const failed = rows.filter(({ state }) => state === 'failed');
  const [first] = failed;
  if (first)
    throw new Failed(
      `${failed.length} of ${rows.length} runs failed; the first: ${first.reason ?? 'no reason was recorded'}. See \`titrate logs ${first.run.slice(0, 12)}\`, then \`titrate retry ${sweep.id}\`.`,
    );
  return report;
}

/** The report of a sweep, or null while there is none. */
export async function reportOf(client: Client, id: string): Promise<Report | null> {
  try {
    return (await client.getSweepReport({ id })) as Report;
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return null;
    throw error;
  }
}
