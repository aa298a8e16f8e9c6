import { z } from 'zod';
import { Digest, Moment } from './primitives.ts';

/** `warning`: it works, and somebody should look. `failed`: something that Titrate needs does not work. */
export const CheckState = z.enum(['ok', 'warning', 'failed']);
export type CheckState = z.infer<typeof CheckState>;

/** What was found of one thing that Titrate needs. */
export const Check = z
  .strictObject({
    part: z.string().meta({ description: 'what was asked about, such as "store"' }),
    name: z.string().meta({ description: 'what was asked of it, such as "create-only puts"' }),
    state: CheckState,
    found: z.string().meta({ description: 'what was found, in words' }),
    mend: z
      .string()
      .nullable()
      .meta({ description: 'what to do about it; null where all is well, and where something else must be mended first' }),
  })
  .meta({ description: 'what was found of one thing that Titrate needs' });
export type Check = z.infer<typeof Check>;

/** What a process of the control plane tells of itself. */
export const ProcessReport = z.strictObject({
  instance: z.string().meta({ description: 'as Temporal knows it: PID@HOST' }),
  kind: z.enum(['worker']),
  version: z.string(),
  startedAt: Moment,
  jobs: Digest.meta({ description: 'digest of the job configuration that it works with' }),
  checks: z.array(Check),
});
export type ProcessReport = z.infer<typeof ProcessReport>;

/** All checks of a server, as one moment has them. */
export const Checks = z.strictObject({
  version: z.string().meta({ description: 'version of the server' }),
  at: Moment,
  checks: z.array(Check),
});
export type Checks = z.infer<typeof Checks>;

/** An answer that is not simply well. */
export interface Finding {
  readonly state: Exclude<CheckState, 'ok'>;
  readonly found: string;
  /** Where something else than the question's own advice helps. */
  readonly mend?: string;
}

/** A question about one thing that Titrate needs. */
export interface Question {
  readonly part: string;
  readonly name: string;
  /** Name of a question of the same part, before this one, without whose answer this one has none. */
  readonly after?: string;
  /** What to do where the answer is not well. */
  readonly mend: string;
  /** What was found: words where all is well. What is thrown tells why nothing could be found, and fails the check. */
  readonly ask: () => Promise<string | Finding>;
}

/** How long an answer is waited for: whoever asks for a diagnosis must get one, whatever hangs. */
export const CHECK_LIMIT_MS = 5_000;

/** Asks all questions side by side, each for so long at most; the answers are in the order of the questions. Never rejects. */
export function askAll(questions: readonly Question[], limitMs: number = CHECK_LIMIT_MS): Promise<Check[]> {
  const answers = new Map<string, Promise<Check>>();
  return Promise.all(
    questions.map((question) => {
      const first = answers.get(`${question.part} ${question.after}`);
      const answer = first ? askAfter(first, question, limitMs) : askOne(question, limitMs);
      answers.set(`${question.part} ${question.name}`, answer);
      return answer;
    }),
  );
}

async function askAfter(first: Promise<Check>, question: Question, limitMs: number): Promise<Check> {
  const { part, name, state } = await first;
  if (state !== 'failed') return askOne(question, limitMs);
  return { part, name: question.name, state, found: `not asked: ${part}: ${name} comes first`, mend: null };
}

async function askOne({ part, name, mend, ask }: Question, limitMs: number): Promise<Check> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Finding>((resolve) => {
    timer = setTimeout(() => resolve({ state: 'failed', found: `no answer within ${limitMs / 1000} s` }), limitMs);
  });
  const asked = Promise.resolve()
    .then(ask)
    .catch((error: unknown): Finding => ({ state: 'failed', found: reasonOf(error) }));
  const answer = await Promise.race([asked, late]).finally(() => clearTimeout(timer));
  if (typeof answer === 'string') return { part, name, state: 'ok', found: answer, mend: null };
  return { part, name, state: answer.state, found: answer.found, mend: answer.mend ?? mend };
}

/** Why something failed, in the words of whoever knows best: the cause behind the causes. */
export function reasonOf(error: unknown): string {
  if (!isError(error)) return String(error);
  const inner: unknown = error.errors?.[0] ?? error.cause;
  return isError(inner) ? reasonOf(inner) : error.message || error.name;
}

/** Told by its shape: an error of a socket may come from another realm. `errors` are those of an AggregateError. */
const isError = (value: unknown): value is Error & { errors?: readonly unknown[] } =>
  typeof value === 'object' && value !== null && 'message' in value && 'stack' in value;
