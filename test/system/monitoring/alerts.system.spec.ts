import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { alerts } from '@titrate/telemetry/alerts';
import { stringify } from 'yaml';
import { describeWithPrometheus } from '../programs.ts';
import { alertCases, type Case } from './alert-cases.ts';

const rules = fileURLToPath(new URL('../../../charts/titrate/rules/titrate.yaml', import.meta.url));
const runbooks = fileURLToPath(new URL('../../../docs/runbooks/', import.meta.url));

/** One test of promtool: whether an alert fires at a time, with which labels. */
function testOf(alert: string, { series, at }: Case, labels: Readonly<Record<string, string>> | null) {
  const severity = alerts.find(({ name }) => name === alert)!.severity;
  return {
    interval: '1m',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: [
      { eval_time: `${at}m`, alertname: alert, exp_alerts: labels === null ? [] : [{ exp_labels: { ...labels, severity } }] },
    ],
  };
}

await describeWithPrometheus('alerts', ({ promtool }) => {
  let folder: string;
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'titrate-rules-'))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Promtool compares annotations too: which sentence an alert tells is not what these tests are about. */
  async function promtest(name: string, tests: readonly object[]): Promise<void> {
    const bare = join(folder, 'rules.yaml');
    const { ruleGroups } = await import('@titrate/telemetry/alerts');
    const groups = ruleGroups().groups.map((group) => ({
      ...group,
      rules: group.rules.map((rule) => Object.fromEntries(Object.entries(rule).filter(([key]) => key !== 'annotations'))),
    }));
    writeFileSync(bare, stringify({ groups }));
    const file = join(folder, `${name}.yaml`);
    writeFileSync(file, stringify({ rule_files: [bare], evaluation_interval: '1m', tests }));
    await promisify(execFile)(promtool, ['test', 'rules', file]).catch(({ stdout, stderr }: { stdout: string; stderr: string }) => {
      throw new Error(`${stdout}\n${stderr}`);
    });
  }

  it('are rules that Prometheus can load', async () => {
    const { stdout } = await promisify(execFile)(promtool, ['check', 'rules', '--lint=all', '--lint-fatal', rules]);
    expect(stdout).toContain('SUCCESS');
  });

  it.each(Object.entries(alertCases))('%s fires when it should', async (name, { fires }) => {
    await promtest(`${name}-fires`, [testOf(name, fires, fires.labels)]);
  });

  it.each(Object.entries(alertCases))('%s is silent otherwise', async (name, { silent }) => {
    await promtest(
      `${name}-silent`,
      silent.map((each) => testOf(name, each, null)),
    );
  });
});

describe('alerts', () => {
  it('have cases and a runbook each, and none more', () => {
    const names = alerts.map(({ name }) => name).toSorted();
    expect(Object.keys(alertCases).toSorted()).toEqual(names);
    expect(existsSync(runbooks) ? readdirSync(runbooks).toSorted() : []).toEqual(
      [...names.map((name) => `${name}.md`), 'README.md'].toSorted(),
    );
  });
});
