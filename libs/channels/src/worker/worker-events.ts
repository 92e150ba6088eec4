import { type Message, reasonOf } from '@nest-channels/core';
import { Injectable } from '@nestjs/common';

/** Is what every event about one run of a handler tells. */
export interface RunEvent {
  readonly channel: string;
  /** Names class and method: `ChatConsumers.join`. */
  readonly handler: string;
  readonly message: Message;
  /** Counts the runs for this message from 1. */
  readonly attempt: number;
}

/** Is what every event about the end of a run tells. */
export interface EndedEvent extends RunEvent {
  /** Is how long the handler ran with all its enhancers, without the sends that follow. */
  readonly durationMs: number;
}

/** Is something that happened in a worker; `type` tells what. */
export type WorkerEvent =
  /** The worker begins to read these channels, of all layers. */
  | { readonly type: 'ready'; readonly channels: readonly string[] }
  | ({ readonly type: 'started' } & RunEvent)
  /** The handler ended well, or decided with `DenyConnection` or `CloseConnection`. */
  | ({ readonly type: 'finished' } & EndedEvent)
  /** The handler threw, or ran for too long: then the error is a `TaskTimeoutExceeded`. */
  | ({ readonly type: 'failed'; readonly error: unknown } & EndedEvent)
  /** The handler asked for another run in `delayMs`. */
  | ({ readonly type: 'postponed'; readonly delayMs: number } & EndedEvent)
  /** The handler asked for another run once too often. */
  | ({ readonly type: 'dropped' } & EndedEvent)
  /** No route took the message. */
  | { readonly type: 'unrouted'; readonly channel: string; readonly message: Message }
  /** The message could not be given to a handler. */
  | { readonly type: 'poisoned'; readonly channel: string; readonly error: unknown };

/** Is called for each event, at once and in order. */
export type WorkerListener = (event: WorkerEvent) => unknown;

/**
 * Tells what the worker of this application does, for metrics, traces and tests.
 *
 * Inject it and listen. Listeners run inside the worker, so they should be quick; one that throws or
 * rejects becomes a warning of the process and hurts nobody. Nobody listening costs nothing. As an
 * Observable: `new Observable((to) => events.listen((event) => to.next(event)))`; its subscribers
 * have to catch what they throw, as rxjs ends the process for it.
 */
@Injectable()
export class WorkerEvents {
  #listeners: readonly WorkerListener[] = [];

  /** Is false while events need not even be made. */
  get hasListeners(): boolean {
    return this.#listeners.length > 0;
  }

  /** Calls back for each event from now on, and returns how to end that. */
  listen(listener: WorkerListener): () => void {
    const own: WorkerListener = (event) => listener(event);
    this.#listeners = [...this.#listeners, own];
    return () => {
      this.#listeners = this.#listeners.filter((each) => each !== own);
    };
  }

  /** Is the worker's own: tells all listeners. */
  emit(event: WorkerEvent): void {
    for (const listener of this.#listeners) call(listener, event);
  }
}

function call(listener: WorkerListener, event: WorkerEvent): void {
  try {
    const result = listener(event);
    if (result instanceof Promise) result.catch((error: unknown) => warn(event, error));
  } catch (error) {
    warn(event, error);
  }
}

function warn({ type }: WorkerEvent, error: unknown): void {
  process.emitWarning(`A listener of the worker event "${type}" threw: ${reasonOf(error)}`);
}
