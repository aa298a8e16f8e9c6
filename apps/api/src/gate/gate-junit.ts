import type { AppliedGate, Gate, GateReport, GateRow } from '@titrate/contracts';
import { create } from 'xmlbuilder2';

/** What a test case came to; a passed one has no child. */
type Told = { readonly failure: object } | { readonly skipped: object } | { readonly error: object } | object;

/**
 * A gate as JUnit XML, as GitLab, Jenkins and the actions for GitHub read it: one suite, and a test case for each comparison. What is worse is a
 * failure. What the results do not decide is one too, unless the gate lets it pass: then it is skipped. A gate without a verdict is an error.
 *
 * @param report null of a gate that ended without a verdict.
 */
export function gateJunit(applied: AppliedGate, report: GateReport | null): string {
  const cases = report === null ? [caseOfError(applied)] : report.rows.map((row) => caseOf(row, applied.gate));
  const count = (kind: string) => cases.filter((one) => kind in one).length;
  const totals = { '@tests': cases.length, '@failures': count('failure'), '@errors': count('error'), '@skipped': count('skipped') };
  const name = `${applied.sweepName} against ${applied.baseline.name} version ${applied.baseline.version}`;
  const suite = { '@name': name, ...totals, '@timestamp': applied.createdAt, ...propertiesOf(applied), testcase: cases };
  return create(
    { version: '1.0', encoding: 'UTF-8', invalidCharReplacement: '\ufffd' },
    { testsuites: { '@name': 'titrate gate', ...totals, testsuite: suite } },
  ).end({
    prettyPrint: true,
  });
}

function propertiesOf({ id, sweep, state, report }: AppliedGate) {
  const told = { gate: id, sweep, verdict: state, report: report?.sha256 ?? 'none' };
  return { properties: { property: Object.entries(told).map(([name, value]) => ({ '@name': name, '@value': value })) } };
}

function caseOf(row: GateRow, gate: Gate) {
  const evidence = row.evidence.map(({ side, run, step, result }) => `${side}: run ${run}, step ${step}, result ${result}`);
  const named = { '@classname': `titrate.gate.${row.metric}`, '@name': conditionInWords(row) };
  return { ...named, ...told(row, gate), 'system-out': [row.words, ...evidence].join('\n') };
}

function told({ verdict, words }: GateRow, { onInconclusive }: Gate): Told {
  if (verdict === 'held') return {};
  const message = { '@message': words, '@type': verdict };
  if (verdict === 'worse') return { failure: message };
  return onInconclusive === 'pass' ? { skipped: { '@message': words } } : { failure: message };
}

const caseOfError = ({ reason }: AppliedGate) => ({
  ...{ '@classname': 'titrate.gate', '@name': 'verdict' },
  error: { '@message': reason ?? 'no reason was recorded', '@type': 'error' },
});

/** A condition as one line, as in `600m, 250 poisoned documents, stage defend`. */
function conditionInWords({ condition }: GateRow): string {
  if (condition === null) return 'the whole sweep';
  const { size, tokens, dose, stageDose, stage, counterexamples } = condition;
  const parts = [size, `${tokens} tokens`, `${dose + stageDose} poisoned documents`];
  if (stage !== 'pretrain') parts.push(`stage ${stage}`);
  if (counterexamples > 0) parts.push(`${counterexamples} counterexamples`);
  return parts.join(', ');
}
