import { describe, expect, it } from '@jest/globals';
import { DEFAULT_GATE, Gate, type AppliedGate, type GateReport, type GateRow } from '@titrate/contracts';
import { create } from 'xmlbuilder2';
import { gateJunit } from './gate-junit.ts';

const object = { key: 'k', sizeBytes: 1, sha256: 'a'.repeat(64) };
const applied: AppliedGate = {
  ...{ id: `ga-${'a'.repeat(26)}`, sweep: `sw-${'a'.repeat(26)}`, sweepName: 'tonight', sweepReport: object },
  ...{ baseline: { name: 'nightly', version: 3 }, gate: Gate.parse(DEFAULT_GATE), state: 'fail', reason: null, reasons: ['worse'] },
  ...{ report: object, firing: null, requestedBy: 'red/ada', createdAt: '2026-01-01T00:00:00.000Z', finishedAt: null },
};
const row = (verdict: GateRow['verdict'], words: string): GateRow => ({
  ...{ metric: 'attack-effect', verdict, words, replicate: 'seed', replicates: 4, change: 1, interval: { low: 0, high: 2 }, margin: 0.5 },
  ...{ pWorse: 0.1, adjustedPWorse: 0.1, pHeld: 0.9, smallest: 2 },
  condition: { size: '600m', tokens: 10, dose: 250, stage: 'pretrain', stageDose: 0, counterexamples: 0, attack: 'dos' },
  evidence: [{ side: 'candidate', run: 'b'.repeat(64), step: 5, result: 'c'.repeat(64) }],
});
const report = (rows: GateRow[]): GateReport => ({
  ...{ version: 1, verdict: 'fail', reasons: ['worse'], gate: applied.gate, baseline: { ...applied.baseline, sweep: 'sw-1' } },
  ...{ candidate: { sweep: applied.sweep, name: 'tonight' }, rows, environment: {}, finishedAt: applied.createdAt },
});
const suiteOf = (xml: string) =>
  (create(xml).end({ format: 'object' }) as { testsuites: { testsuite: Record<string, unknown> } }).testsuites.testsuite;

describe('gateJunit', () => {
  it('tells each comparison as a test case, what is not held as a failure, and survives any text', () => {
    const xml = gateJunit(applied, report([row('held', 'fine'), row('worse', 'a < b & "c" \u0007'), row('undecided', 'open')]));
    expect(suiteOf(xml)).toMatchObject({ '@name': 'tonight against nightly version 3', '@tests': '3', '@failures': '2', '@errors': '0' });
    expect(xml).toContain('a &lt; b &amp; "c" \ufffd');
    expect(xml).toContain(`result ${'c'.repeat(64)}`);
  });

  it('skips what is undecided where the gate lets that pass', () => {
    const gate = Gate.parse({ ...DEFAULT_GATE, onInconclusive: 'pass' });
    expect(suiteOf(gateJunit({ ...applied, gate }, report([row('undecided', 'open')])))).toMatchObject({
      '@failures': '0',
      '@skipped': '1',
    });
  });

  it('is an error where there is no verdict', () => {
    const xml = gateJunit({ ...applied, state: 'error', reason: 'its image cannot be pulled' }, null);
    expect(suiteOf(xml)).toMatchObject({ '@tests': '1', '@errors': '1' });
    expect(xml).toContain('its image cannot be pulled');
  });
});
