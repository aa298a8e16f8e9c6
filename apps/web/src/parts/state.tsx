import { ApiProblem } from '@titrate/api-client';

/** While something is on its way. */
export const Loading = ({ what }: { what: string }) => (
  <p className="soft" role="status">
    Loading {what} …
  </p>
);

export const NotThere = ({ what }: { what: string }) => (
  <>
    <h1>No such {what}</h1>
    <p>
      The address names no {what} of this server. <a href="/">All sweeps</a>
    </p>
  </>
);

/** Why something cannot be shown, in the server's words, with each fault that it named. */
export function Trouble({ error, what }: { error: unknown; what: string }) {
  if (error instanceof ApiProblem && error.status === 404) return <NotThere what={what} />;
  return (
    <div role="alert" className="problem">
      <p>
        Cannot show the {what}: {error instanceof Error ? error.message : String(error)}
      </p>
      {error instanceof ApiProblem && error.problem.errors.length > 0 && (
        <ul>
          {error.problem.errors.map(({ field, rule }) => (
            <li key={field + rule}>
              <code>{field}</code>: {rule}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Of sweeps, runs, attempts, evaluations, checkpoints, firings and verdicts: the symbol tells it without colour. */
const LOOKS: Readonly<Record<string, readonly [symbol: string, look: string]>> = {
  accepted: ['○', 'waiting'],
  waiting: ['○', 'waiting'],
  launched: ['○', 'waiting'],
  registering: ['▶', 'running'],
  running: ['▶', 'running'],
  evaluating: ['◐', 'evaluating'],
  analysing: ['◐', 'evaluating'],
  paused: ['‖', 'warn'],
  idle: ['–', 'waiting'],
  finished: ['✓', 'good'],
  succeeded: ['✓', 'good'],
  committed: ['✓', 'good'],
  ready: ['✓', 'good'],
  passed: ['✓', 'good'],
  failed: ['✕', 'bad'],
  error: ['✕', 'bad'],
  missing: ['?', 'warn'],
  inconclusive: ['?', 'warn'],
  cancelled: ['⊘', 'waiting'],
  skipped: ['⊘', 'waiting'],
  superseded: ['↺', 'waiting'],
  deleting: ['⌫', 'waiting'],
  deleted: ['⌫', 'waiting'],
};

/** The symbol and the look (a class of styles/parts.css) of a state. */
export const looksOf = (state: string): readonly [symbol: string, look: string] => LOOKS[state] ?? ['·', 'waiting'];

/** A state as symbol, word and colour. */
export function State({ of: state }: { of: string }) {
  const [symbol, look] = looksOf(state);
  return (
    <span className={`state ${look}`}>
      <span aria-hidden="true">{symbol} </span>
      {state}
    </span>
  );
}
