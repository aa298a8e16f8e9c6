import { AsyncLocalStorage } from 'node:async_hooks';

/** What a line of the log is about. The names are those of the fields. */
export interface LogSubject {
  /** Of a run: the sweep that demanded it first, of those that have not ended. */
  readonly sweep?: string | null;
  readonly run?: string;
  readonly attempt?: number | null;
  readonly job?: string;
  readonly gate?: string;
  /** TEAM/NAME. */
  readonly corpus?: string;
  readonly base?: string;
}

const nouns = ['sweep', 'run', 'gate', 'corpus', 'base'] as const;
const storage = new AsyncLocalStorage<LogSubject>();

/** Does work whose lines of the log are about something. */
export const inSubject = <T>(subject: LogSubject, work: () => T): T => storage.run({ ...subject }, work);

/** Says more of what the work is about, from here on; nothing where no work was begun so. */
export function about(more: LogSubject): void {
  const subject = storage.getStore();
  if (subject !== undefined) Object.assign(subject, more);
}

/** What the work at hand is about, for whoever writes a line. */
export const subjectNow = (): LogSubject => storage.getStore() ?? {};

/** What a workflow or an item of the outbox is about, by its noun and whom it is for: `run/DIGEST`, say. */
export function subjectOf(noun: string, target: string): LogSubject {
  const known = nouns.find((each) => each === noun);
  return known === undefined ? {} : { [known]: target };
}

/** What a workflow is about, by its id. */
export function subjectOfWorkflow(id: string): LogSubject {
  const [noun = '', ...rest] = id.split('/');
  return subjectOf(noun, rest.join('/'));
}

/** What an activity is about, by its workflow and by what it was given: a batch of evaluations is named by neither run nor sweep. */
export function subjectOfActivity(workflow: string, [first]: readonly unknown[]): LogSubject {
  const { run, attempt, job, sweep } = (typeof first === 'object' && first !== null ? first : {}) as LogSubject;
  const given = { ...(run && { run }), ...(attempt && { attempt }), ...(job && { job }), ...(sweep && { sweep }) };
  return { ...subjectOfWorkflow(workflow), ...given };
}
