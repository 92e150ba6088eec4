// Runs under node:test, on what is built: see runners.spec.ts.
import { deepEqual } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { registerTests } from './echo.mjs';

registerTests({ describe, it, equal: deepEqual });
