import type { Delivery } from './envelope.js';
import { Listeners, type Unsubscribe } from './listeners.js';

/** Handles a message, with the stream it came on; `null` where it belongs to none. */
export type MessageHandler<T = unknown, S extends string | null = string | null> = (
  message: T,
  stream: S,
) => void;

/** Knows who wants the messages of each stream, and those of none, under `null`. */
export class Subscriptions {
  readonly #handlers = new Map<string | null, Unsubscribe>();
  readonly #listeners = new Map<string | null, Listeners<[unknown, string | null]>>();

  constructor(private readonly failed: (subject: string, error: unknown) => void) {}

  /** Gives a stream its one handler, in place of the one before. */
  handle(stream: string | null, handler: MessageHandler): Unsubscribe {
    this.#handlers.get(stream)?.();
    const remove = this.observe(stream, handler);
    this.#handlers.set(stream, remove);
    return remove;
  }

  /** Adds somebody who hears a stream beside its handler. */
  observe(stream: string | null, handler: MessageHandler): Unsubscribe {
    let listeners = this.#listeners.get(stream);
    if (!listeners) {
      listeners = new Listeners((error) => this.failed(stream ?? 'listen', error));
      this.#listeners.set(stream, listeners);
    }
    return listeners.add(handler);
  }

  /** Hands a message over; one of a stream that nobody wants is left aside. */
  deliver({ stream, message }: Delivery): void {
    this.#listeners.get(stream)?.tell(message, stream);
  }
}
