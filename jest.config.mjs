/**
 * Five kinds of TypeScript tests: `*.spec.ts` needs no server, `*.int.spec.ts` starts the real ones from packages,
 * `*.e2e.spec.ts` starts a whole stack with API, worker and trainings, `*.cluster.spec.ts` runs on a real Kubernetes, and
 * `*.system.spec.ts` looks at a whole stack with a real Prometheus and a real browser.
 * Run one kind with `--selectProjects unit`, `integration`, `e2e`, `cluster` or `system`.
 */
const shared = {
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  testEnvironment: 'node',
  modulePathIgnorePatterns: ['<rootDir>/.titrate', '<rootDir>/apps/trainer'],
};
export default {
  // Tests that are marked concurrent wait for a cluster, and are all to wait at once.
  maxConcurrency: 20,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['**/*.spec.ts'],
      testPathIgnorePatterns: ['/node_modules/', '\\.(int|e2e|cluster|system)\\.spec\\.ts$'],
    },
    {
      ...shared,
      displayName: 'integration',
      testMatch: ['**/*.int.spec.ts'],
      testPathIgnorePatterns: ['/node_modules/'],
      globalSetup: '<rootDir>/test/global-setup.ts',
      globalTeardown: '<rootDir>/test/global-teardown.ts',
    },
    {
      ...shared,
      displayName: 'cluster',
      testMatch: ['**/*.cluster.spec.ts'],
      testPathIgnorePatterns: ['/node_modules/'],
      globalSetup: '<rootDir>/test/cluster/global-setup.ts',
      globalTeardown: '<rootDir>/test/cluster/global-teardown.ts',
    },
    { ...shared, displayName: 'system', testMatch: ['**/*.system.spec.ts'], testPathIgnorePatterns: ['/node_modules/'] },
    { ...shared, displayName: 'e2e', testMatch: ['**/*.e2e.spec.ts'], testPathIgnorePatterns: ['/node_modules/'] },
  ],
};
