export { alerts } from './alerts.ts';
export { recordings } from './recordings.ts';
export { ruleGroups } from './rules.ts';
export type { Alert, Recording } from './alert.ts';
