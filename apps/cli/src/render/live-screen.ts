import type { Terminal } from '../terminal.ts';

/**
 * Redraws a few lines in place. Each frame is one write that overwrites the old lines and clears what is left of them, so
 * nothing flickers; the cursor is hidden meanwhile and always comes back.
 */
export class LiveScreen {
  readonly #terminal: Terminal;
  readonly #restore = (): void => this.#terminal.draw('\u001b[?25h');
  #lines = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    terminal.draw('\u001b[?25l');
    process.once('exit', this.#restore);
  }

  /** Shows these lines in the place of those before. They must fit the terminal. */
  show(lines: readonly string[]): void {
    const up = this.#lines > 0 ? `\u001b[${this.#lines}A` : '';
    this.#terminal.draw(`${up}\r${lines.map((line) => `${line}\u001b[K\n`).join('')}\u001b[J`);
    this.#lines = lines.length;
  }

  /** Leaves the last frame where it is and gives the cursor back. */
  end(): void {
    process.off('exit', this.#restore);
    this.#restore();
  }
}
