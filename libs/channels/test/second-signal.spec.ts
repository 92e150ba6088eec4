import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { exitOnNextSignal } from '../src/second-signal.js';

afterEach(() => {
  jest.restoreAllMocks();
});

describe('exitOnNextSignal', () => {
  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('ends the process on %s with %i', (signal, code) => {
    const listeners = new Map<string | symbol, () => void>();
    jest.spyOn(process, 'once').mockImplementation((name, listener) => {
      listeners.set(name, listener as () => void);
      return process;
    });
    const exit = jest.spyOn(process, 'exit').mockImplementation(() => undefined as never);
    exitOnNextSignal();
    listeners.get(signal)?.();
    expect(exit.mock.calls).toEqual([[code]]);
  });
});
