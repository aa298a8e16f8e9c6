import { Problem } from '@titrate/contracts';

/** The server refused: its problem document, as an error. `code` is stable and meant for programs; `message` is for people. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'ApiProblem';
    this.status = problem.status;
    this.code = problem.code;
    this.problem = problem;
  }
}

/** Nobody answered at the address, or the connection broke before the answer was whole. */
export class ServerUnreachable extends Error {
  readonly code = 'server-unreachable';

  constructor(server: string, cause: unknown) {
    super(`Cannot reach the Titrate API at ${server}: ${reason(cause)}`, { cause });
    this.name = 'ServerUnreachable';
  }
}

/** What fetch throws when nobody answers, or the answer breaks off. Told by its name: it may come from another realm. */
export const isBrokenFetch = (error: unknown): boolean => (error as { name?: unknown } | null)?.name === 'TypeError';

/** A refusal out of whatever the server sent. What is no problem document (from a proxy, say) is told by its status. */
export function problemFrom(status: number, body: unknown): ApiProblem {
  const parsed = Problem.safeParse(typeof body === 'string' ? json(body) : body);
  if (parsed.success) return new ApiProblem(parsed.data);
  const detail = `The server answered with status ${status}${typeof body === 'string' && body !== '' ? `: ${body.slice(0, 200)}` : ''}`;
  return new ApiProblem({ type: 'about:blank', title: 'The request failed', status, detail, code: `http-${status}`, errors: [] });
}

/** The parsed text, or the text where it is no JSON. */
function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Node hides the reason (refused, reset, unknown host) in the cause of "fetch failed". */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof AggregateError) return error.cause.errors.map(reason).join('; ');
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}
