/** @type {import('jest').Config} */
export default {
  maxWorkers: '100%',
  // What jest keeps of each file slows down those after it: the whole run takes 2.7 times as long.
  workerIdleMemoryLimit: '512MB',
  // No test waits for time to pass: only what hangs takes this long, also on a busy machine.
  testTimeout: 120_000,
  testEnvironment: '<rootDir>/test/setup/leak-guard.mjs',
  // Libraries are tested from their sources, so that a test run needs no build of its own.
  testEnvironmentOptions: {
    customExportConditions: ['channels-source', 'node', 'node-addons'],
  },
  testMatch: [
    '<rootDir>/libs/*/test/**/*.spec.ts',
    '<rootDir>/test/**/*.spec.ts',
    '<rootDir>/docs/snippets/**/*.spec.ts',
  ],
  // These run alone: see jest.real-time.config.mjs.
  testPathIgnorePatterns: [
    '<rootDir>/libs/redis/',
    '<rootDir>/test/faults/',
    '<rootDir>/test/cluster/',
    '<rootDir>/libs/sessions/test/e2e/stores.spec.ts',
  ],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  coverageProvider: 'babel',
  collectCoverageFrom: ['libs/*/src/**/*.ts'],
};
