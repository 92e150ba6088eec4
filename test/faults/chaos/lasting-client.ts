import { type Clock, type Timer, systemClock } from '@nest-channels/core';
import { WebSocket } from 'ws';

/** Is how long a client waits before it connects again. */
const RETRY_MS = 100;

/** Are the options of a client. */
export interface LastingClientOptions {
  readonly name: string;
  readonly room: string;
  /** Is the name of its server, and where that listens. */
  readonly server: string;
  readonly port: number;
  /** Is told of each word that somebody said. */
  readonly onHeard: (id: string) => void;
}

/** Is somebody in a room who comes back whenever the connection ends. */
export class LastingClient {
  /** Are the codes its connections were closed with, once they were open. */
  readonly closes: number[] = [];
  readonly #clock: Clock = systemClock;
  #socket: WebSocket;
  #retry?: Timer;
  #state: 'lasting' | 'ended' = 'lasting';

  constructor(private readonly options: LastingClientOptions) {
    this.#socket = this.#connect();
  }

  get name(): string {
    return this.options.name;
  }

  get room(): string {
    return this.options.room;
  }

  get server(): string {
    return this.options.server;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  say(text: string): void {
    if (this.isOpen) this.#socket.send(text);
  }

  /** Leaves for good; resolves when the connection is closed. */
  async end(): Promise<void> {
    this.#state = 'ended';
    this.#retry?.cancel();
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = new Promise((resolve) => this.#socket.once('close', resolve));
    this.#socket.terminate();
    await closed;
  }

  #connect(): WebSocket {
    const { room, port, onHeard } = this.options;
    const socket = new WebSocket(`ws://127.0.0.1:${port}/rooms/${room}`);
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => onHeard(data.toString()));
    socket.on('open', () => socket.on('close', (code) => this.closes.push(code)));
    socket.on('close', () => this.#closed());
    return socket;
  }

  #closed(): void {
    if (this.#state === 'ended') return;
    this.#retry = this.#clock.setTimer(() => (this.#socket = this.#connect()), RETRY_MS);
  }
}
