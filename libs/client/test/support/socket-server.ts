import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** Is a WebSocket server on a real port, which a test lets do what servers may do. */
export class SocketServer {
  readonly #server: WebSocketServer;
  readonly #heard: string[] = [];
  readonly #wires = new Set<Socket>();
  #connections = 0;
  #wake: () => void = () => undefined;

  private constructor(server: WebSocketServer) {
    this.#server = server;
    server.on('connection', (socket, { socket: wire }) => {
      this.#connections++;
      this.#wires.add(wire);
      wire.once('close', () => this.#wires.delete(wire));
      socket.on('message', (data: Buffer) => {
        this.#heard.push(data.toString());
        this.#wake();
      });
      socket.on('error', () => undefined);
      this.#wake();
    });
  }

  static async start(port = 0): Promise<SocketServer> {
    const server = new WebSocketServer({ port, host: '127.0.0.1' });
    await once(server, 'listening');
    return new SocketServer(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}/`;
  }

  /** Is all that clients sent, in order. */
  get heard(): readonly string[] {
    return this.#heard;
  }

  get sockets(): WebSocket[] {
    return [...this.#server.clients];
  }

  /** Resolves when so many connections have been made since the start. */
  async connected(count: number): Promise<WebSocket> {
    while (this.#connections < count) await this.#changed();
    return this.sockets.at(-1) as WebSocket;
  }

  /** Resolves when so many frames have come. */
  async received(count: number): Promise<readonly string[]> {
    while (this.#heard.length < count) await this.#changed();
    return this.#heard;
  }

  say(value: unknown): void {
    for (const socket of this.sockets) socket.send(JSON.stringify(value));
  }

  /** Ends every connection with a close frame. */
  closeAll(code: number, reason = ''): void {
    for (const socket of this.sockets) socket.close(code, reason);
  }

  /** Ends every connection without one. */
  cut(): void {
    for (const wire of this.#wires) wire.destroy();
  }

  async stop(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }
}
