/** Another process owns the stack of this folder. */
export class StackTaken extends Error {
  readonly code = 'stack-taken';
  constructor(folder: string) {
    super(`Cannot start a stack in ${folder} as nobody else may own it: another process does. \`titrate down\` stops it.`);
    this.name = 'StackTaken';
  }
}

/** The stack cannot start here and now; the message says what to do. */
export class StackRefused extends Error {
  readonly code = 'stack-refused';
  constructor(message: string) {
    super(message);
    this.name = 'StackRefused';
  }
}
