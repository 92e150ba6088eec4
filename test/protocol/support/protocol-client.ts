import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { close, slices } from './client-frame.js';
import { type ServerEvent, ServerFrames } from './server-frames.js';

/** Says how a handshake differs from a good one. */
export interface HandshakeOptions {
  readonly method?: string;
  readonly version?: string;
  /** Override those of a good handshake; undefined leaves one out, an array repeats it. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Is the head of an HTTP answer, and the body as far as it came with it. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

const HEADERS = {
  Host: 'localhost',
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

const HEAD_END = Buffer.from('\r\n\r\n');

const open = new Set<ProtocolClient>();

/** Returns the request of a handshake as bytes. */
export function handshake(path: string, options: HandshakeOptions = {}): Buffer {
  const { method = 'GET', version = '1.1', headers } = options;
  const lines = Object.entries({ ...HEADERS, ...headers }).flatMap(([name, value]) =>
    (value === undefined ? [] : [value]).flat().map((each) => `${name}: ${each}\r\n`),
  );
  return Buffer.from(`${method} ${path} HTTP/${version}\r\n${lines.join('')}\r\n`, 'latin1');
}

/** Is a client that speaks TCP, byte by byte as a test wants, and understands WebSocket frames. */
export class ProtocolClient {
  /** Is everything the server has said as frames. */
  readonly events: ServerEvent[] = [];
  /** Resolves when the TCP connection is over. */
  readonly ended: Promise<void>;
  readonly #frames = new ServerFrames((event) => this.#heard(event));
  #head: Buffer = Buffer.alloc(0);
  #answer?: Answer;
  #wake = (): void => undefined;
  #isOver = false;

  constructor(readonly socket: Socket) {
    open.add(this);
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      socket.once('close', () => {
        this.#isOver = true;
        open.delete(this);
        this.#wake();
        resolve();
      });
    });
  }

  static async connect(port: number): Promise<ProtocolClient> {
    const client = new ProtocolClient(connect(port, '127.0.0.1'));
    await once(client.socket, 'connect');
    return client;
  }

  /** Connects over TLS; the client is already over when that fails. */
  static async connectTls(port: number, options: ConnectionOptions): Promise<ProtocolClient> {
    const client = new ProtocolClient(connectTls({ port, host: '127.0.0.1', ...options }));
    const secure = new Promise((resolve) => client.socket.once('secureConnect', resolve));
    await Promise.race([secure, client.ended]);
    return client;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get hasHeardClose(): boolean {
    return this.events.some((event) => event.kind === 'close');
  }

  write(bytes: Uint8Array | string): void {
    if (!this.socket.destroyed && this.socket.writable) this.socket.write(bytes);
  }

  /** Writes all frames at once, or cut into chops of a number of bytes. */
  send(frames: readonly Buffer[], { chop }: { readonly chop?: number } = {}): void {
    const bytes = Buffer.concat(frames);
    if (chop === undefined) return this.write(bytes);
    for (const slice of slices(bytes, chop)) this.write(slice);
  }

  /** Resolves with the answer to the handshake; rejects when the connection ends without one. */
  async answer(): Promise<Answer> {
    await this.until(() => this.#answer !== undefined);
    if (!this.#answer) throw new Error('ended without an answer');
    return this.#answer;
  }

  /** Resolves with everything the server said in HTTP, when it has ended the connection. */
  async response(): Promise<string> {
    await this.ended;
    return this.#head.toString('latin1');
  }

  /** Resolves with as many events, or fewer if the connection ends before. */
  async heard(count: number): Promise<readonly ServerEvent[]> {
    await this.until(() => this.events.length >= count);
    return this.events.slice(0, count);
  }

  /** Answers the server's close frame, and resolves with its code when the connection is over. */
  async closeCode(): Promise<number | undefined> {
    await this.until(() => this.hasHeardClose);
    this.write(close());
    await this.ended;
    const found = this.events.find((event) => event.kind === 'close');
    return found?.kind === 'close' ? found.code : undefined;
  }

  /** Resolves when a condition holds or the connection is over. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition() && !this.#isOver) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Ends the connection with a TCP reset. */
  async reset(): Promise<void> {
    this.socket.resetAndDestroy();
    await this.ended;
  }

  #read(chunk: Buffer): void {
    if (this.#answer?.status === 101) this.#frames.read(chunk);
    else this.#readHead(chunk);
    this.#wake();
  }

  #readHead(chunk: Buffer): void {
    this.#head = Buffer.concat([this.#head, chunk]);
    const end = this.#head.indexOf(HEAD_END);
    if (end < 0) return;
    const text = this.#head.toString('latin1');
    this.#answer = { status: Number(text.split(' ', 2)[1]), text };
    const rest = this.#head.subarray(end + HEAD_END.length);
    if (this.#answer.status === 101 && rest.length > 0) this.#frames.read(rest);
  }

  #heard(event: ServerEvent): void {
    this.events.push(event);
  }
}

/** Ends what a test left open; for `afterEach`. */
export async function endClients(): Promise<void> {
  await Promise.all(
    [...open].map((client) => {
      client.socket.destroy();
      return client.ended;
    }),
  );
}
