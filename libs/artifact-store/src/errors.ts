/** The store lacks a guarantee that Titrate stands on, such as refusing a second create of one key. Thrown by `prepare`. */
export class StoreUnfit extends Error {
  readonly code = 'STORE_UNFIT';
  override readonly name = 'StoreUnfit';
}

/** An object's bytes are not those that its size and digest promise: truncated, altered or another object. */
export class ObjectAltered extends Error {
  readonly code = 'OBJECT_ALTERED';
  override readonly name = 'ObjectAltered';
  readonly key: string;

  constructor(key: string, message: string) {
    super(message);
    this.key = key;
  }
}

/** A run's log holds an entry that is not what the log's rules allow. Nothing behind it can be trusted. */
export class LogBroken extends Error {
  readonly code = 'LOG_BROKEN';
  override readonly name = 'LogBroken';
  readonly key: string;

  constructor(key: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.key = key;
  }
}

/** The store answered "conflict" to a create again and again; nothing is known to be written. Trying later may help. */
export class StoreConflict extends Error {
  readonly code = 'STORE_CONFLICT';
  override readonly name = 'StoreConflict';
  readonly key: string;

  constructor(key: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.key = key;
  }
}
