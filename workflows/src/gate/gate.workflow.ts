import { registerByJobs } from '../job/registration.ts';
import { proxyQuickActivities } from '../retries.ts';
import type { GateInput } from './gate.messages.ts';

const { launchGate, settleGate, failGate } = proxyQuickActivities();

/** Brings a gate to its verdict: holds the results of a sweep against a baseline in a job, and records what it found, or why there is no verdict. */
export async function gate({ gate }: GateInput): Promise<void> {
  await registerByJobs({
    whose: { kind: 'gate', gate },
    launch: (jobTry, excludedNodes) => launchGate(gate, jobTry, excludedNodes),
    settle: (job, ending, isLast) => settleGate(gate, job, ending, isLast),
    fail: (reason) => failGate(gate, reason),
  });
}
