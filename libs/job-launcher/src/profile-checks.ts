import type { JobProfile } from '@titrate/contracts';
import { JobRefused } from './errors.ts';

/** @throws JobRefused unless the value counts something: 1, 2, 3 ... */
export function mustBePositive(what: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1)
    throw new JobRefused(`Cannot run jobs as ${what} must be a positive whole number: current value is ${value}`);
}

/** @throws JobRefused when the profile's nodes, ranks or threads count nothing. */
export function checkProfile({ nodes, processesPerNode, threadsPerProcess }: JobProfile): void {
  for (const [what, value] of Object.entries({ nodes, processesPerNode, threadsPerProcess })) mustBePositive(what, value);
}
