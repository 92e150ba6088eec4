import ReconnectingWebSocket, { CloseEvent as OwnCloseEvent } from 'partysocket/ws';
import { Backoff } from './backoff.js';
import type { BridgeSettings, WebSocketConstructor } from './bridge-options.js';
import type { BridgeStatus } from './bridge-status.js';
import type { ClientTimer } from './clock.js';
import type { AfterClose } from './close-codes.js';
import { ClientConfigInvalid } from './errors.js';

/** Is the close code of a connection that ended without a close frame (RFC 6455 §7.1.5). */
const ABNORMAL = 1006;

/** Is the code that the server sees when a connection was given up here. */
const GIVEN_UP = 4000;

/** Is what hears of a lasting socket. */
export interface LastingSocketOwner {
  /** Returns the URL of the next attempt; when it rejects, the attempt has failed. */
  url(): Promise<string>;
  became(status: BridgeStatus): void;
  received(data: unknown): void;
  /** Hears why the class of sockets did not even begin with an attempt. */
  refused(error: ClientConfigInvalid): void;
}

/** Is when the next attempt is due. */
interface Pause {
  readonly over: Promise<void>;
  readonly end: () => void;
  timer: ClientTimer;
}

/**
 * Is a socket that is there again after it was lost, with the same listeners.
 *
 * The reconnecting socket of `partysocket` redials, and keeps listeners; its own delays know no
 * jitter and no clock of ours, so they are 0, and the wait is in the URL that it asks for.
 * States: connecting → open → waiting → connecting …, and closed.
 */
export class LastingSocket {
  readonly socket: ReconnectingWebSocket;
  readonly #backoff: Backoff;
  #status: BridgeStatus = { state: 'connecting', attempt: 0 };
  #pause: Pause | undefined;
  #openedAt = 0;

  constructor(
    protocols: string | string[] | undefined,
    private readonly settings: BridgeSettings,
    private readonly owner: LastingSocketOwner,
  ) {
    this.#backoff = new Backoff(settings.backoff, settings.random);
    this.socket = new ReconnectingWebSocket(() => this.#nextUrl(), protocols, {
      WebSocket: this.#dialler(settings.WebSocket),
      connectionTimeout: settings.connectTimeoutMs,
      minReconnectionDelay: 0,
      maxReconnectionDelay: 0,
      // What is sent meanwhile waits in the queue of the bridge, which is bounded.
      maxEnqueuedMessages: 0,
      shouldReconnectOnClose: (event) => this.#goesOnAfter(event),
    });
    this.socket.binaryType = 'arraybuffer';
    this.socket.addEventListener('open', () => this.#opened());
    this.socket.addEventListener('message', ({ data }) => owner.received(data));
  }

  get isOpen(): boolean {
    return this.#status.state === 'open' && this.socket.readyState === this.socket.OPEN;
  }

  /** Ends it for good. */
  close(code: number, reason: string): void {
    if (this.#status.state === 'closed') return;
    this.#end(code, reason, 'client');
    this.socket.close(code, reason);
  }

  /** Gives up a connection that seems dead, and makes another. */
  giveUp(reason: string): void {
    if (this.#status.state === 'open') this.socket.reconnect(GIVEN_UP, reason);
  }

  /** Tries again soon, because there is a network again; jitter stays. */
  hurry(): void {
    if (this.#status.state !== 'waiting') return;
    this.#backoff.reset();
    this.#wait(this.#status.code, 'reconnect');
  }

  #opened(): void {
    this.#openedAt = this.settings.clock.now();
    this.#become({ state: 'open' });
  }

  /** Says whether there is another attempt, and when; called whenever a connection has ended. */
  #goesOnAfter(event: { readonly code: number; readonly reason: string }): boolean {
    if (this.#status.state === 'closed') return false;
    if (this.#status.state === 'waiting') return true;
    if (!this.socket.shouldReconnect) return this.#end(event.code, event.reason, 'client');
    // It makes such an event itself on errors and timeouts, with code 1000.
    const isOwn = event instanceof OwnCloseEvent;
    const [code, reason] = isOwn ? [ABNORMAL, ''] : [event.code, event.reason];
    const next = isOwn ? 'reconnect' : this.settings.afterClose(code, reason);
    if (next === 'stop') return this.#end(code, reason, 'server');
    this.#lost(code, next);
    return true;
  }

  #lost(code: number, next: Exclude<AfterClose, 'stop'>): void {
    const { clock, stableMs } = this.settings;
    const hasHeld = this.#status.state === 'open' && clock.now() - this.#openedAt >= stableMs;
    if (hasHeld) this.#backoff.reset();
    this.#wait(code, next);
  }

  #wait(code: number, next: Exclude<AfterClose, 'stop'>): void {
    const delayMs = this.#backoff.next(next);
    this.#pause = this.#pauseOf(delayMs);
    this.#become({ state: 'waiting', attempt: this.#backoff.attempt, delayMs, code });
  }

  /** An attempt may already be waiting for the end of a pause: then that one gets another end. */
  #pauseOf(delayMs: number): Pause {
    this.#pause?.timer.cancel();
    let end = this.#pause?.end as () => void;
    const over = this.#pause?.over ?? new Promise<void>((resolve) => (end = resolve));
    return { over, end, timer: this.settings.clock.setTimer(end, delayMs) };
  }

  async #nextUrl(): Promise<string> {
    await this.#pause?.over;
    this.#pause = undefined;
    if (!this.socket.shouldReconnect) this.#end(1000, '', 'client');
    if (this.#status.state === 'waiting') {
      this.#become({ state: 'connecting', attempt: this.#backoff.attempt });
    }
    try {
      return await this.owner.url();
    } catch (cause) {
      throw this.#notEvenTried(cause);
    }
  }

  /** Makes sockets of a class that may refuse to, `ws:` on a page of `https:` for instance. */
  #dialler(WebSocket: WebSocketConstructor): WebSocketConstructor {
    return new Proxy(WebSocket, {
      construct: (target, [url, protocols]: [string, string[] | undefined]) => {
        try {
          return new target(url, protocols);
        } catch (cause) {
          this.owner.refused(new ClientConfigInvalid((cause as Error).message, { cause }));
          throw this.#notEvenTried(cause);
        }
      },
    });
  }

  /** Plans the next attempt where there is no socket, and so no close that would do it. */
  #notEvenTried(cause: unknown): Error {
    if (this.#status.state !== 'closed') this.#wait(ABNORMAL, 'reconnect');
    // It reads the message of what is thrown, which has to have one.
    return new Error('no attempt', { cause });
  }

  /** Returns false: there is no other attempt. */
  #end(code: number, reason: string, by: 'client' | 'server'): false {
    this.#pause?.timer.cancel();
    this.#become({ state: 'closed', code, reason, by });
    return false;
  }

  #become(status: BridgeStatus): void {
    if (this.#status.state === 'closed') return;
    this.#status = status;
    this.owner.became(status);
  }
}
