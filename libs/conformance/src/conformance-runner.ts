/** Are the functions of jest, vitest or node:test that register tests. */
export interface ConformanceRunner {
  readonly describe: (title: string, body: () => void) => unknown;
  readonly it: {
    (title: string, body: () => Promise<void>): unknown;
    /** Reports a test of an ability that is not declared; without it such tests are left out. */
    readonly skip?: (title: string, body: () => Promise<void>) => unknown;
  };
}
