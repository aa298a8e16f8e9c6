import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '@titrate/embedded-stack';
import { stringify } from 'yaml';

/** What is scraped. */
export interface Target {
  readonly job: string;
  /** HOST:PORT */
  readonly address: string;
  readonly token?: string;
}

export interface RunningPrometheus {
  /** Values of all series that an expression gives between two moments, at any of them. @throws Error with Prometheus' own words. */
  series(expression: string, from: Date, to: Date): Promise<readonly Readonly<Record<string, string>>[]>;
  /** How many targets answer. */
  targetsUp(): Promise<number>;
  close(): Promise<void>;
}

/** Starts a Prometheus of its own that scrapes each second, on loopback. */
export async function startPrometheus(program: string, targets: readonly Target[], ruleFile: string): Promise<RunningPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'titrate-prometheus-'));
  const { web } = await freePorts(['web']);
  const scrapes = targets.map(({ job, address, token }) => ({
    ...{ job_name: job, static_configs: [{ targets: [address] }] },
    ...(token !== undefined && { authorization: { credentials: token } }),
  }));
  const configuration = { global: { scrape_interval: '1s', evaluation_interval: '1s' }, rule_files: [ruleFile], scrape_configs: scrapes };
  writeFileSync(join(folder, 'prometheus.yml'), stringify(configuration), { mode: 0o600 });
  const log = join(folder, 'log');
  const output = openSync(log, 'w');
  const flags = [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=127.0.0.1:${web}`];
  const process = spawn(program, flags, { stdio: ['ignore', output, output] });
  const ended = once(process, 'exit');

  async function ask(path: string, parameters: Record<string, string> = {}): Promise<unknown> {
    const answer = await fetch(`http://127.0.0.1:${web}${path}?${new URLSearchParams(parameters)}`);
    const { status, data, error } = (await answer.json()) as { status: string; data: unknown; error?: string };
    if (status !== 'success') throw new Error(`Prometheus refuses ${parameters['query'] ?? path}: ${error}`);
    return data;
  }
  async function untilReady(): Promise<void> {
    for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(100)) {
      if (process.exitCode !== null) break;
      if (
        await fetch(`http://127.0.0.1:${web}/-/ready`).then(
          ({ ok }) => ok,
          () => false,
        )
      )
        return;
    }
    throw new Error(`Prometheus did not start: ${readFileSync(log, 'utf8').slice(-2000)}`);
  }
  await untilReady();
  return {
    async series(query, from, to) {
      const [start, end] = [from, to].map((at) => String(at.getTime() / 1000)) as [string, string];
      const { result } = (await ask('/api/v1/query_range', { query, start, end, step: '1s' })) as {
        result: { metric: Record<string, string> }[];
      };
      return result.map(({ metric }) => metric);
    },
    async targetsUp() {
      const { activeTargets } = (await ask('/api/v1/targets')) as { activeTargets: { health: string }[] };
      return activeTargets.filter(({ health }) => health === 'up').length;
    },
    async close() {
      process.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
