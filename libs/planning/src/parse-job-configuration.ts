import { JobConfiguration } from '@titrate/contracts';
import { problem, type SpecProblem } from './problem.ts';
import { readYaml } from './read-yaml.ts';
import { issuesOf } from './spec-issues.ts';

/** A job configuration cannot be used; the message names the file, and of each fault the field, the rule and the value. */
export class JobConfigurationInvalid extends Error {
  readonly code = 'JOB_CONFIGURATION_INVALID';
  override readonly name = 'JobConfigurationInvalid';
}

/** What holds without a configuration: jobs are processes of the control plane's own machine. */
export const localJobs: JobConfiguration = JobConfiguration.parse({ version: 1 });

/**
 * Reads an operator's job configuration, YAML or JSON.
 *
 * @param origin where the text comes from, for the message.
 * @throws JobConfigurationInvalid with every fault.
 */
export function parseJobConfiguration(origin: string, text: string): JobConfiguration {
  const read = readYaml(text);
  if (read.kind === 'problems') throw invalid(origin, read.problems);
  if (read.value === null || typeof read.value !== 'object' || Array.isArray(read.value))
    throw invalid(origin, [problem('', 'must be a mapping that begins with version: 1', read.value)]);
  const parsed = JobConfiguration.safeParse(read.value);
  if (!parsed.success) throw invalid(origin, issuesOf(read.value, JobConfiguration));
  return parsed.data;
}

/**
 * How the jobs of a control plane run: by the operator's file, which `TITRATE_JOB_CONFIGURATION` names; without one, or where
 * it is empty, as processes of this machine. API, worker and CLI read it with this.
 *
 * @param readText reads a file: this library touches none.
 * @throws JobConfigurationInvalid with every fault, also where the file cannot be read.
 */
export function readJobConfiguration(path: string | undefined, readText: (path: string) => string): JobConfiguration {
  if (path === undefined || path === '') return localJobs;
  let text: string;
  try {
    text = readText(path);
  } catch (error) {
    throw new JobConfigurationInvalid(
      `Cannot use ${path} as the job configuration as it must be a file that can be read: ${(error as Error).message}`,
      { cause: error },
    );
  }
  return parseJobConfiguration(path, text);
}

function invalid(origin: string, problems: readonly SpecProblem[]): JobConfigurationInvalid {
  const told = problems.map(({ field, rule, value }) => {
    const held = value === undefined ? 'absent' : JSON.stringify(value);
    return `${field === '' ? 'it' : field} ${rule}: current value is ${held}`;
  });
  return new JobConfigurationInvalid(`Cannot use ${origin} as the job configuration as ${told.join('; ')}`);
}
