import { createInterface } from 'node:readline/promises';

/** Where a command speaks: results go to `out`, everything said on the way to `say`. */
export interface Terminal {
  /** Writes a result; ends with a line break. */
  out(text: string): void;
  /** Writes words for a person; never mixed into results. */
  say(text: string): void;
  /** Writes as it is, without a line break; for redrawing in place. */
  draw(text: string): void;
  /** Whether a person watches and lines can be redrawn. */
  readonly isLive: boolean;
  readonly hasColour: boolean;
  columns(): number;
  rows(): number;
  /** Asks a person yes or no; null where nobody can answer. */
  confirm(question: string): Promise<boolean | null>;
}

/** The process's own terminal. Colours are left out where NO_COLOR is set or the output is no terminal. */
export function processTerminal(environment: NodeJS.ProcessEnv): Terminal {
  const { stdout, stderr, stdin } = process;
  const isLive = stdout.isTTY && environment['TERM'] !== 'dumb';
  return {
    out: (text) => void stdout.write(`${text}\n`),
    say: (text) => void stderr.write(`${text}\n`),
    draw: (text) => void stdout.write(text),
    isLive,
    hasColour: isLive && !environment['NO_COLOR'],
    columns: () => stdout.columns ?? 80,
    rows: () => stdout.rows ?? 24,
    async confirm(question) {
      if (!stdin.isTTY) return null;
      const lines = createInterface({ input: stdin, output: stderr });
      const answer = await lines.question(`${question} [y/N] `);
      lines.close();
      return /^y(es)?$/i.test(answer.trim());
    },
  };
}
