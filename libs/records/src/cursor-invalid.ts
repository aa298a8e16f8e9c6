/** A cursor that was not given out for this list. The person who sent it can mend it: ask for the first page. */
export class CursorInvalid extends Error {
  readonly code = 'cursor-invalid';

  constructor(list: string, cursor: string) {
    super(
      `Cannot list ${list} as the cursor must be one that an earlier page of this list gave: current value is ${JSON.stringify(cursor.slice(0, 200))}`,
    );
    this.name = 'CursorInvalid';
  }
}
