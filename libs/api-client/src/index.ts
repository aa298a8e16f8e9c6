export { createClient, type Client, type ClientOptions, type SubmittedSweep } from './client.ts';
export { ApiProblem, ServerUnreachable } from './problem.ts';
export { followEvents, type FollowOptions } from './events.ts';
export type { components, operations, paths } from './generated.ts';
