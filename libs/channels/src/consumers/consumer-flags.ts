import type { Message } from '@nest-channels/core';
import { Injectable } from '@nestjs/common';

/** Is a field of a class-based consumer that asks for something around its handlers. */
export type ConsumerFlag =
  'httpUserAndSession' | 'httpUser' | 'channelSessionUser' | 'channelSession';

/** Does what a flag asks for, around each message of the consumers that set it. */
export interface FlagProvider {
  /**
   * Handles one message; `next` goes on with the consumer's guards and all that follows.
   *
   * What it throws fails the message as a handler's error does; control flow decides it.
   */
  around(message: Message, next: () => Promise<unknown>): Promise<unknown>;
  /** Returns what is the consumer's `state` while the message is handled. */
  stateOf?(message: Message): object;
}

/** Are the flags that go in pairs, outermost first; the first that is set stands above the other. */
const PAIRS: readonly (readonly ConsumerFlag[])[] = [
  ['httpUserAndSession', 'httpUser'],
  ['channelSessionUser', 'channelSession'],
];

/**
 * Knows who provides what the flags of class-based consumers ask for.
 *
 * A module that does injects it and calls {@link provide} in its constructor: the boot stops when a
 * flag is set by then that nobody provides.
 */
@Injectable()
export class ConsumerFlags {
  readonly #providers = new Map<ConsumerFlag, FlagProvider>();

  /** Provides a flag; whoever comes last stands. */
  provide(flag: ConsumerFlag, provider: FlagProvider): void {
    this.#providers.set(flag, provider);
  }

  /** Says which flags of a consumer nobody provides. */
  problems(flags: readonly ConsumerFlag[]): string[] {
    const missing = flags.filter((flag) => !this.#providers.has(flag));
    return missing.map((flag) => `${flag} ${UNPROVIDED}`);
  }

  /** Runs what is around a message for the flags, outermost first, and then the rest. */
  around(
    flags: readonly ConsumerFlag[],
    message: Message,
    next: () => Promise<unknown>,
  ): Promise<unknown> {
    const [flag, ...inner] = flags;
    if (flag === undefined) return next();
    const rest = (): Promise<unknown> => this.around(inner, message, next);
    return this.#providers.get(flag)?.around(message, rest) ?? rest();
  }

  /** Returns the state of the consumer at hand, if somebody keeps it. */
  stateOf(flags: readonly ConsumerFlag[], message: Message): object | undefined {
    for (const flag of flags) {
      const state = this.#providers.get(flag)?.stateOf?.(message);
      if (state) return state;
    }
    return undefined;
  }
}

/**
 * Lists the flags that a consumer sets, outermost first; those of HTTP ask for the user too.
 *
 * Of several consumers, those of a demultiplexer's streams, the flags of all count.
 */
export function flagsOf(...consumers: readonly FlagBearer[]): ConsumerFlag[] {
  const isSet = (flag: ConsumerFlag): boolean => consumers.some((consumer) => consumer[flag]);
  const set = PAIRS.flatMap((pair) => pair.filter(isSet).slice(0, 1));
  const hasHttp = set.includes('httpUser') || set.includes('httpUserAndSession');
  if (!hasHttp || set.includes('channelSessionUser')) return set;
  return [...set.filter((flag) => flag !== 'channelSession'), 'channelSessionUser'];
}

const UNPROVIDED =
  'is set and nobody provides it: import a sessions module, @nest-channels/sessions for one';

type FlagBearer = Partial<Readonly<Record<ConsumerFlag, boolean>>>;
