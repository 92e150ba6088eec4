import type ReconnectingWebSocket from 'partysocket/ws';
import type { BridgeSettings } from './bridge-options.js';
import type { BridgeStatus } from './bridge-status.js';
import { type AfterClose, afterClose } from './close-codes.js';
import { writeFrame } from './envelope.js';
import { type ChannelsClientError, HandlerFailed } from './errors.js';
import { LastingSocket } from './lasting-socket.js';
import { Liveness } from './liveness.js';
import { networkReturn } from './network-return.js';

/** Is where a session connects to. */
export interface Destination {
  url(): Promise<string>;
  readonly protocols: string | string[] | undefined;
}

/** Is what hears of a session. */
export interface SessionOwner {
  became(session: BridgeSession, status: BridgeStatus): void;
  received(data: unknown): void;
  failed(error: ChannelsClientError): void;
}

/** Is what belongs to one call of `connect()`: a lasting socket, and the watch over it. */
export class BridgeSession {
  readonly #link: LastingSocket;
  readonly #liveness: Liveness;
  readonly #forgetNetwork: () => void;
  #connections = 0;

  /** @throws MessageInvalid `CHANNELS_CLIENT_MESSAGE_INVALID` for a heartbeat that is no JSON */
  constructor(
    private readonly destination: Destination,
    readonly settings: BridgeSettings,
    private readonly owner: SessionOwner,
  ) {
    const { heartbeat, codec } = settings;
    const question = heartbeat && writeFrame({ stream: null, message: heartbeat.message }, codec);
    this.#link = this.#dial();
    this.#liveness = new Liveness(settings.clock, settings, {
      ask: () => this.write(question as string),
      giveUp: () => this.#link.giveUp('no sign of life'),
    });
    this.#forgetNetwork = networkReturn(() => this.#networkIsBack());
  }

  get socket(): ReconnectingWebSocket {
    return this.#link.socket;
  }

  get isOpen(): boolean {
    return this.#link.isOpen;
  }

  /** Is whether there was a connection before the one there is. */
  get isAgain(): boolean {
    return this.#connections > 1;
  }

  write(text: string): void {
    this.#link.socket.send(text);
  }

  close(code: number, reason: string): void {
    this.#link.close(code, reason);
  }

  #dial(): LastingSocket {
    const { protocols } = this.destination;
    const after = (code: number, reason: string): AfterClose => this.#afterClose(code, reason);
    return new LastingSocket(
      protocols,
      { ...this.settings, afterClose: after },
      {
        url: () => this.#url(),
        became: (status) => this.#became(status),
        received: (data) => {
          this.#liveness.heard();
          this.owner.received(data);
        },
        refused: (error) => this.owner.failed(error),
      },
    );
  }

  #became(status: BridgeStatus): void {
    if (status.state === 'open') {
      this.#connections++;
      this.#liveness.start();
    } else {
      this.#liveness.stop();
    }
    if (status.state === 'closed') this.#forgetNetwork();
    this.owner.became(this, status);
  }

  #networkIsBack(): void {
    if (this.#link.isOpen) this.#liveness.doubt();
    else this.#link.hurry();
  }

  async #url(): Promise<string> {
    try {
      return await this.destination.url();
    } catch (error) {
      this.owner.failed(new HandlerFailed('url', error));
      throw error;
    }
  }

  #afterClose(code: number, reason: string): AfterClose {
    try {
      return this.settings.afterClose(code, reason);
    } catch (error) {
      this.owner.failed(new HandlerFailed('afterClose', error));
      return afterClose(code);
    }
  }
}
