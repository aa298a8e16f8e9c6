import { HttpException } from '@nestjs/common';
import type { Problem } from '@titrate/contracts';

/** One thing that is wrong with a request: which field, which rule, and what stood there. */
export type FieldFault = Problem['errors'][number];

const TITLES: Record<number, string> = {
  400: 'The request is not valid',
  401: 'The token is missing or wrong',
  403: 'The request comes from elsewhere',
  404: 'There is no such thing',
  409: 'The state does not allow this',
  413: 'The body is too large',
  415: 'The content type is not understood',
  500: 'Something broke in the server',
  503: 'A server that is needed does not answer',
};

/**
 * A refusal that the caller can understand: status, a stable code, a sentence, and the fields at fault.
 * Thrown by controllers, answered by the problem filter.
 */
export class Fault extends HttpException {
  readonly code: string;
  readonly errors: FieldFault[];

  constructor(status: number, code: string, detail: string, errors: FieldFault[] = []) {
    super(detail, status);
    this.code = code;
    this.errors = errors;
  }
}

/** The problem document (RFC 9457) of a refusal. */
export function problem(status: number, code: string, detail: string, errors: FieldFault[] = []): Problem {
  return {
    type: `urn:titrate:problem:${code}`,
    title: TITLES[status] ?? 'The request failed',
    status,
    detail,
    code,
    errors: errors.map(shortened),
  };
}

/** The content type of every refusal. */
export const PROBLEM_TYPE = 'application/problem+json';

/** There is nothing of that name; 404. */
export const notFound = (what: string, id: string) => new Fault(404, 'not-found', `There is no ${what} ${id}`);

/** What exists is in a state that forbids it; 409. */
export const refused = (code: string, reason: string) => new Fault(409, code, reason);

/** One field breaks a rule; 400. */
export const invalid = (field: string, rule: string, value: unknown) =>
  new Fault(400, 'invalid-request', `Cannot accept the request as ${field} ${rule}: current value is ${quoted(value)}`, [
    { field, rule, value },
  ]);

/** A value as it stands in a sentence: JSON, cut where it would not be read anyway. */
export function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? 'absent';
  return text.length > 120 ? `${text.slice(0, 120)}...` : text;
}

/** Echoes a faulty value only while it is short: a refusal must not be as large as the request. */
function shortened(fault: FieldFault): FieldFault {
  const text = JSON.stringify(fault.value) ?? 'null';
  return text.length > 1000 ? { ...fault, value: `${text.slice(0, 1000)}...` } : { ...fault, value: fault.value ?? null };
}
