import 'reflect-metadata';
import { InvalidConfiguration } from './errors.js';

const PARALLEL = Symbol('channels:parallel');

/**
 * Lets this handler of a connection run beside the others, several times at once.
 *
 * In life `connection` its messages wait for nothing but a free one of its `limit` places, and
 * nothing waits for them but the disconnect. In life `message`, where a worker handles the messages
 * of a connection one after another, it says nothing.
 *
 * @throws InvalidConfiguration `CHANNELS_CONFIG_INVALID` for a limit that is no whole number over 0
 */
export function Parallel(limit: number): MethodDecorator {
  if (!(limit === Infinity || (Number.isInteger(limit) && limit > 0))) {
    throw new InvalidConfiguration([`@Parallel: expected a whole number over 0, got ${limit}`]);
  }
  return (target, method) => Reflect.defineMetadata(PARALLEL, limit, target, method);
}

/** Reads the `@Parallel` of a method. */
export function parallelOf(prototype: object, method: string): number | undefined {
  return Reflect.getMetadata(PARALLEL, prototype, method) as number | undefined;
}
