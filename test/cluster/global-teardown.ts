/** Jest runs the default export once after the cluster tests. */
export { teardown as default } from './global-setup.ts';
