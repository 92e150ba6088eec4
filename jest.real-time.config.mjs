import base from './jest.config.mjs';

/**
 * Runs the tests of layers over a server, whose time is that of the server, and those that break
 * servers and processes, alone and one by one.
 *
 * @type {import('jest').Config}
 */
export default {
  ...base,
  maxWorkers: 1,
  // A test that failed may have left something that would keep all from ending.
  forceExit: true,
  // With one worker beside itself, jest would only be slower.
  workerIdleMemoryLimit: undefined,
  // Most of the time they wait.
  maxConcurrency: 12,
  testPathIgnorePatterns: [],
  testMatch: [
    '<rootDir>/libs/redis/test/**/*.spec.ts',
    '<rootDir>/test/cluster/**/*.spec.ts',
    '<rootDir>/test/faults/**/*.spec.ts',
    '<rootDir>/libs/sessions/test/e2e/stores.spec.ts',
  ],
};
