import nx from '@nx/eslint-plugin';
import reactHooks from 'eslint-plugin-react-hooks';
import typescript from 'typescript-eslint';

/** Which way imports go. `tools/verify.ts` computes Nx's project graph first: without it this rule passes everything. */
const boundaries = [
  // Pure libraries are the words that everyone shares; they can be read, tested and bundled anywhere.
  { sourceTag: 'kind:pure', onlyDependOnLibsWithTags: ['kind:pure'] },
  { sourceTag: 'kind:port', onlyDependOnLibsWithTags: ['kind:pure'] },
  // Workflow code is replayed: it must not reach anything that does work. Ports are seen as types, and by activities.
  { sourceTag: 'kind:workflow', onlyDependOnLibsWithTags: ['kind:pure', 'kind:port'] },
  { sourceTag: 'kind:client', onlyDependOnLibsWithTags: ['kind:pure'] },
  { sourceTag: 'kind:stack', onlyDependOnLibsWithTags: ['kind:pure'] },
  // Apps know everything, and nobody knows apps.
  { sourceTag: 'kind:app', notDependOnLibsWithTags: ['kind:app', 'kind:tool', 'kind:test'] },
  { sourceTag: 'kind:tool', onlyDependOnLibsWithTags: ['*'] },
  { sourceTag: 'kind:test', onlyDependOnLibsWithTags: ['*'] },
];

const tests = ['**/*.spec.ts', '**/*.contract.ts', '**/testing/**', 'test/**'];

/** Where a program starts, an adapter is picked; everything else knows the port only. */
const adapters = {
  group: ['@titrate/*/local', '@titrate/*/s3', '@titrate/*/postgres', '@titrate/*/kubernetes'],
  message: 'Adapters are named only where a program starts (main.ts, NAME.main.ts, adapters.ts) and in tests: depend on the port.',
};

/** What the workflow bundle must not hold: everything but the words, the SDK's workflow half and files beside it. */
const workflowValues = [
  {
    regex: '^(?!@titrate/contracts(/digest)?$|@temporalio/(workflow|common)$|\\.{1,2}/)',
    allowTypeImports: true,
    message:
      'Workflow code imports values only from @titrate/contracts, @temporalio/workflow, @temporalio/common and files beside it: replay must not depend on anything else.',
  },
  { regex: '(^|[./])activities\\.ts$', allowTypeImports: true, message: 'Activities do work: workflow code imports their types only.' },
];

export default typescript.config(
  {
    ignores: [
      '**/node_modules/**',
      '**/.venv/**',
      '**/.titrate/**',
      '**/dist/**',
      '**/dist-new/**',
      '**/schema/**',
      '.nx/**',
      'titrate-report/**',
      'test-results/**',
      '**/generated.ts',
    ],
  },
  ...typescript.configs.recommended,
  {
    plugins: { '@nx': nx },
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'no-empty': ['error', { allowEmptyCatch: false }],
      'no-restricted-syntax': [
        'error',
        {
          selector: "CallExpression[callee.property.name='only'][callee.object.name=/^(describe|it|test)$/]",
          message: 'A committed .only hides all other tests.',
        },
        { selector: 'ExportAllDeclaration[exported=null]', message: 'Name what is exported: an index is a short, explicit list.' },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false }],
    },
  },
  {
    files: ['apps/web/src/**/*.{ts,tsx}'],
    ...reactHooks.configs.flat.recommended,
  },
  {
    files: ['**/*.{ts,tsx}'],
    rules: { '@nx/enforce-module-boundaries': ['error', { depConstraints: boundaries, enforceBuildableLibDependency: false, allow: [] }] },
  },
  {
    files: ['**/*.ts'],
    ignores: ['apps/*/src/main.ts', 'apps/*/src/*.main.ts', 'apps/*/src/adapters.ts', 'tools/**', ...tests],
    rules: { 'no-restricted-imports': ['error', { patterns: [adapters] }] },
  },
  {
    files: ['libs/contracts/src/**/*.ts', 'libs/planning/src/**/*.ts', 'libs/ledger/src/**/*.ts'],
    ignores: tests,
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [adapters, { group: ['node:*'], message: 'Pure libraries run in browsers and in the workflow sandbox too.' }] },
      ],
    },
  },
  {
    // Nest reads the classes of decorated parameters at run time: an import that looks like a type is a value there.
    files: ['apps/api/src/**/*.ts'],
    rules: { '@typescript-eslint/consistent-type-imports': 'off' },
  },
  {
    files: ['workflows/src/**/*.ts'],
    ignores: [
      '**/*.activities.ts',
      'workflows/src/activities.ts',
      'workflows/src/dependencies.ts',
      'workflows/src/read-document.ts',
      ...tests,
    ],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: workflowValues }] },
  },
);
