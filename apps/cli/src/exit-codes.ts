import { ApiProblem, ServerUnreachable } from '@titrate/api-client';
import { CommanderError } from 'commander';

/** Exit codes of every command. */
export const exitCode = {
  /** What was asked is done. */
  done: 0,
  /** It was tried and failed: a sweep failed, a corpus was refused by its job, a stack did not start. */
  failed: 1,
  /** Arguments or a file that cannot be right; nothing was sent. */
  badUsage: 2,
  /** The server refused. */
  refused: 3,
  /** Nobody answers at the server's address. */
  unreachable: 4,
  /** A gate whose results decide nothing, and which does not let that pass. */
  inconclusive: 5,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

/** Told when exit codes are asked for, in `titrate --help`. */
export const exitCodesInWords = `Exit codes:
  0    done
  1    failed: a sweep, a corpus, a stack, a gate
  2    bad usage: arguments or a file that cannot be right; nothing was sent
  3    refused by the server
  4    cannot reach the server
  5    inconclusive: the results decide nothing about a gate
  130  interrupted`;

/** Arguments or files that cannot be right. */
export class BadUsage extends Error {
  readonly code = 'bad-usage';
  /** Further lines, one for each fault. */
  readonly details: readonly string[];
  constructor(message: string, details: readonly string[] = []) {
    super(message);
    this.name = 'BadUsage';
    this.details = details;
  }
}

/** A person pressed Ctrl-C; the message says what goes on without them. */
export class Interrupted extends Error {
  readonly code = 'interrupted';
  constructor(message: string) {
    super(message);
    this.name = 'Interrupted';
  }
}

/** What was tried did not come about; the message says why and where to look. */
export class Failed extends Error {
  readonly code = 'failed';
  constructor(message: string) {
    super(message);
    this.name = 'Failed';
  }
}

/** The results decide nothing about a gate, and the gate does not let that pass. */
export class Inconclusive extends Error {
  readonly code = 'inconclusive';
  constructor(message: string) {
    super(message);
    this.name = 'Inconclusive';
  }
}

/** The exit code that tells an error to a program. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.badUsage;
  if (error instanceof BadUsage) return exitCode.badUsage;
  if (error instanceof ApiProblem) return error.status >= 500 ? exitCode.failed : exitCode.refused;
  if (error instanceof ServerUnreachable) return exitCode.unreachable;
  if (error instanceof Inconclusive) return exitCode.inconclusive;
  if (error instanceof Interrupted) return exitCode.interrupted;
  return exitCode.failed;
}

/** An error as lines for a person: what is wrong, then each fault on its own line. */
export function errorInWords(error: unknown): string {
  if (error instanceof ApiProblem)
    return [error.message, ...error.problem.errors.slice(error.problem.errors.length > 1 ? 0 : 1).map(faultInWords)].join('\n');
  if (error instanceof BadUsage) return [error.message, ...error.details.map((line) => `  ${line}`)].join('\n');
  if (error instanceof ServerUnreachable)
    return `${error.message}\nStart a stack in this folder with \`titrate up\`, or name another server with --server.`;
  return error instanceof Error ? error.message : String(error);
}

/** An error as JSON for a program. */
export function errorAsJson(error: unknown): object {
  if (error instanceof ApiProblem) return error.problem;
  const { message = String(error), code = 'failed' } = error as { message?: string; code?: string };
  return { code, detail: message, errors: error instanceof BadUsage ? error.details : [] };
}

const faultInWords = ({ field, rule, value }: { field: string; rule: string; value?: unknown }): string =>
  `  ${field === '' ? 'the document' : field} ${rule}${value === undefined ? '' : `: current value is ${JSON.stringify(value)}`}`;
