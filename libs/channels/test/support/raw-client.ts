import { connect, type Socket } from 'node:net';
import { once } from 'node:events';

/** Is a TCP client that speaks whatever a test wants. */
export class RawClient {
  #received = '';
  #arrived = (): void => undefined;
  readonly ended: Promise<void>;

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk) => {
      this.#received += chunk.toString('latin1');
      this.#arrived();
    });
    socket.on('error', () => undefined);
    this.ended = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  static async connect(port: number): Promise<RawClient> {
    const client = new RawClient(connect(port, '127.0.0.1'));
    await once(client.socket, 'connect');
    return client;
  }

  /** Sends a handshake request; headers override those of a good one, undefined leaves one out. */
  handshake(path: string, headers: Record<string, string | undefined> = {}, method = 'GET'): void {
    const all: Record<string, string | undefined> = {
      Host: 'localhost',
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      ...headers,
    };
    const lines = Object.entries(all).filter(([, value]) => value !== undefined);
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    this.socket.write(`${method} ${path} HTTP/1.1\r\n${head}\r\n`);
  }

  /** Sends one masked frame as a client has to (RFC 6455 §5.2). */
  frame(opcode: number, payload = Buffer.alloc(0), bits = 0x80): void {
    this.socket.write(
      Buffer.concat([Buffer.from([bits | opcode, 0x80 | payload.length, 0, 0, 0, 0]), payload]),
    );
  }

  /** Ends the connection with a TCP reset. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  /** Resolves when the server has sent this text. */
  async until(text: string): Promise<void> {
    while (!this.#received.includes(text)) {
      await new Promise<void>((resolve) => (this.#arrived = resolve));
    }
  }

  /** Returns what the server has sent by the time the connection ended. */
  async response(): Promise<string> {
    await this.ended;
    return this.#received;
  }
}
