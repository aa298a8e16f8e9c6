/** Jest runs the default export once before the integration tests. */
export { setup as default } from './servers.ts';
