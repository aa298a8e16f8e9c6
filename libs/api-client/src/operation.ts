import type { operations } from './generated.ts';

/** Operations that go their own way: streams do not fit a call that answers once. */
type Special = 'streamEvents' | 'uploadObject' | 'submitSweep';

/** Every operation that the client offers as a method of its own name. */
export type PlainOperation = Exclude<keyof operations, Special>;

type In<O extends keyof operations, Place extends 'path' | 'query' | 'header'> = operations[O]['parameters'] extends {
  [P in Place]?: infer T;
}
  ? [NonNullable<T>] extends [never]
    ? unknown
    : NonNullable<T>
  : unknown;

type BodyOf<O extends keyof operations> = operations[O] extends { requestBody: { content: { 'application/json': infer B } } }
  ? { body: B }
  : unknown;

/** What a method takes: the parameters by their names, wherever they travel, and the JSON body as `body`. */
export type Arguments<O extends keyof operations> = In<O, 'path'> & In<O, 'query'> & In<O, 'header'> & BodyOf<O>;

type Success<R> = { [S in keyof R]: S extends 200 | 201 | 202 ? (R[S] extends { content: infer C } ? C[keyof C] : never) : never }[keyof R];

/** What a method answers with: the JSON of the success, or its text. */
export type Answer<O extends keyof operations> = Success<operations[O]['responses']>;

type IsOptional<T> = unknown extends T ? true : Record<never, never> extends T ? true : false;

/** A method; its argument may be left out where nothing in it is required. */
export type Method<O extends keyof operations> =
  IsOptional<Arguments<O>> extends true ? (given?: Arguments<O>) => Promise<Answer<O>> : (given: Arguments<O>) => Promise<Answer<O>>;
