import 'reflect-metadata';
import { InvalidConfiguration } from './errors.js';

const TASK_TIMEOUT = Symbol('channels:task-timeout');

/**
 * Bounds how long one run of this handler may take, in milliseconds.
 *
 * It stands above `worker.taskTimeoutMs` and works on every channel, not only on those of
 * connections; `Infinity` is no bound. A run that takes longer fails with `CHANNELS_TASK_TIMEOUT`:
 * what it had buffered is discarded, what it still sends is refused, and the next message has its
 * turn while it may go on.
 *
 * @throws InvalidConfiguration `CHANNELS_CONFIG_INVALID` for a time that is not over 0
 */
export function TaskTimeout(timeoutMs: number): MethodDecorator {
  if (!(timeoutMs > 0)) {
    throw new InvalidConfiguration([
      `@TaskTimeout: expected milliseconds over 0, got ${timeoutMs}`,
    ]);
  }
  return (target, method) => Reflect.defineMetadata(TASK_TIMEOUT, timeoutMs, target, method);
}

/** Reads the `@TaskTimeout` of a method. */
export function taskTimeoutOf(prototype: object, method: string): number | undefined {
  return Reflect.getMetadata(TASK_TIMEOUT, prototype, method) as number | undefined;
}
