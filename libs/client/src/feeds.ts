import type { FeedOptions } from './bridge-stream.js';
import { MessageFeed } from './message-feed.js';
import type { Subscriptions } from './subscriptions.js';

/** Makes feeds of what comes on streams, and ends those that are open with the connection. */
export class Feeds {
  readonly #open = new Set<MessageFeed<never>>();

  constructor(private readonly subscriptions: Subscriptions) {}

  /** Begins a feed of a stream; `null` is what belongs to none. */
  begin<T>(stream: string | null, { signal, limit = 1_000 }: FeedOptions = {}): MessageFeed<T> {
    const end = (): void => feed.end();
    const remove = this.subscriptions.observe(stream, (message) => feed.push(message as T));
    const feed: MessageFeed<T> = new MessageFeed(limit, () => {
      remove();
      this.#open.delete(feed as MessageFeed<never>);
      signal?.removeEventListener('abort', end);
    });
    this.#open.add(feed as MessageFeed<never>);
    signal?.addEventListener('abort', end);
    if (signal?.aborted) end();
    return feed;
  }

  /** Ends all that are open, with an error where there is one. */
  end(error?: unknown): void {
    for (const feed of this.#open) feed.end(error);
  }
}
