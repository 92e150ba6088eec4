// Runs under vitest, on what is built: see runners.spec.ts.
import { describe, expect, it } from 'vitest';
import { registerTests } from './echo.mjs';

registerTests({ describe, it, equal: (got, wanted) => expect(got).toEqual(wanted) });
