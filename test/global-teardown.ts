/** Jest runs the default export once after the integration tests. */
export { teardown as default } from './servers.ts';
