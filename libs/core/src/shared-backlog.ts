import type { Posted } from './memory-mailbox.js';
import type { SharedMessage } from './shared-message.js';

/**
 * Is what waits in channels that got nothing but the same group messages, once for all of them.
 *
 * It never changes: a channel that gets one more message gets another backlog, which begins as this.
 */
export class SharedBacklog {
  readonly size: number;
  readonly #oldest: Posted;

  constructor(
    private readonly last: SharedMessage,
    readonly earlier?: SharedBacklog,
  ) {
    this.size = earlier ? earlier.size + 1 : 1;
    this.#oldest = earlier ? earlier.#oldest : last.posted;
  }

  /** Is how old its first message is. */
  ageMs(now: number): number {
    return now - this.#oldest.sentAt;
  }

  /** Lists its messages in the order they came. */
  messages(): SharedMessage[] {
    const messages = [this.last];
    for (let part = this.earlier; part; part = part.earlier) messages.push(part.last);
    return messages.toReversed();
  }
}
