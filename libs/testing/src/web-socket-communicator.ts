import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ClientOptions, WebSocket } from 'ws';
import { cookieHeader } from './cookies.js';
import { UnexpectedFrame } from './errors.js';
import { type Closing, type Frame, Frames } from './frames.js';
import type { Patience } from './patience.js';
import type { Connected, WebSocketOptions } from './web-socket-options.js';

/** Is what a communicator speaks to. */
export interface Counterpart {
  /** Opens a connection to the application's HTTP server. */
  connect(clientAddress?: string): Duplex;
  /** Resolves when nothing goes on any more in the application. */
  idle(): Promise<void>;
  /** Decides how long to wait for it. */
  readonly patience: Patience;
}

/**
 * Is a WebSocket client that a test leads step by step.
 *
 * It speaks the protocol to the real interface server, over a connection in memory. States: new →
 * connecting → open → closed, or closed at once when it is refused.
 */
export class WebSocketCommunicator {
  readonly #frames: Frames;
  #state: 'new' | 'connecting' | 'open' | 'closed' = 'new';
  #socket?: Duplex;
  #webSocket?: WebSocket;
  #responseHeaders: IncomingHttpHeaders = {};
  readonly #end: Promise<Closing>;
  #ended!: (closing: Closing) => void;

  constructor(
    readonly path: string,
    private readonly counterpart: Counterpart,
    private readonly options: WebSocketOptions = {},
  ) {
    this.#frames = new Frames(path);
    this.#end = new Promise((resolve) => (this.#ended = resolve));
  }

  /** Are the headers that the handshake was answered with, in lower case. */
  get responseHeaders(): IncomingHttpHeaders {
    return this.#responseHeaders;
  }

  /** Counts the frames that have arrived and that the test has not asked for. */
  get waiting(): number {
    return this.#frames.size;
  }

  /**
   * Makes the handshake and resolves with what becomes of it.
   *
   * @throws TestTimeout `CHANNELS_TEST_TIMEOUT` when nobody answers
   */
  connect(): Promise<Connected> {
    if (this.#state !== 'new') throw new Error(`${this.path} has been connected before`);
    this.#state = 'connecting';
    const webSocket = this.#open();
    this.#webSocket = webSocket;
    return this.counterpart.patience.wait(this.#outcome(webSocket), `an answer from ${this.path}`);
  }

  /** Sends a text frame, or bytes as a binary one; resolves when it has been written. */
  async send(frame: Frame): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#line.send(frame, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Sends a value as a text frame of JSON. */
  sendJson(value: unknown): Promise<void> {
    return this.send(JSON.stringify(value));
  }

  /**
   * Resolves with the next frame: text, or bytes of a binary one.
   *
   * @throws ConnectionClosed `CHANNELS_TEST_CONNECTION_CLOSED`
   * @throws TestTimeout `CHANNELS_TEST_TIMEOUT`
   */
  receive(): Promise<Frame> {
    return this.#frames.next(this.counterpart.patience);
  }

  /**
   * Resolves with the value of the next frame, which has to be JSON.
   *
   * @throws UnexpectedFrame `CHANNELS_TEST_FRAME_UNEXPECTED` for any other frame
   */
  async receiveJson<T = unknown>(): Promise<T> {
    const frame = await this.receive();
    try {
      return JSON.parse(frame as string) as T;
    } catch {
      throw new UnexpectedFrame('a frame of JSON', frame);
    }
  }

  /**
   * Waits until the application has come to rest, and makes sure that no frame has come.
   *
   * @throws UnexpectedFrame `CHANNELS_TEST_FRAME_UNEXPECTED`
   */
  async receiveNothing(): Promise<void> {
    await this.counterpart.idle();
    const frame = this.#frames.peek();
    if (frame !== undefined) throw new UnexpectedFrame(`nothing from ${this.path}`, frame);
  }

  /** Resolves when the connection has ended, whoever ended it. */
  closed(): Promise<Closing> {
    return this.counterpart.patience.wait(this.#end, `the end of ${this.path}`);
  }

  /** Closes and resolves when the application has come to rest after it. */
  async disconnect(code = 1000, reason = ''): Promise<Closing> {
    this.#webSocket?.close(code, reason);
    if (this.#state === 'new') this.#ended({ code: 1006, reason: '' });
    const closing = await this.closed();
    await this.counterpart.idle();
    return closing;
  }

  /** Loses the connection without a word, as a client does whose network is gone. */
  cut(): void {
    this.#socket?.destroy();
  }

  /** Reads no more, so that the application has a slow client. */
  pause(): void {
    this.#line.pause();
  }

  /** Reads on. */
  resume(): void {
    this.#line.resume();
  }

  get #line(): WebSocket {
    if (!this.#webSocket) throw new Error(`${this.path} is not connected: call connect() first`);
    return this.#webSocket;
  }

  #open(): WebSocket {
    const { headers, cookies = {}, subprotocols = [], origin, clientAddress } = this.options;
    const cookie = cookieHeader(cookies);
    const options: ClientOptions = {
      headers: { ...headers, ...(cookie !== undefined && { cookie }) },
      origin,
      perMessageDeflate: false,
      createConnection: (() => {
        this.#socket = this.counterpart.connect(clientAddress);
        return this.#socket;
      }) as unknown as ClientOptions['createConnection'],
    };
    return new WebSocket(`ws://localhost${this.path}`, [...subprotocols], options);
  }

  #outcome(webSocket: WebSocket): Promise<Connected> {
    webSocket.on('message', (data: Buffer, isBinary) =>
      this.#frames.add(isBinary ? new Uint8Array(data) : data.toString()),
    );
    webSocket.once('close', (code, reason) => this.#over({ code, reason: reason.toString() }));
    webSocket.once('upgrade', ({ headers }) => (this.#responseHeaders = headers));
    return new Promise((resolve, reject) => {
      webSocket.on('error', reject);
      webSocket.once('open', () => {
        this.#state = 'open';
        const { protocol } = webSocket;
        resolve(protocol === '' ? { accepted: true } : { accepted: true, subprotocol: protocol });
      });
      webSocket.once('unexpected-response', (_request: ClientRequest, response) => {
        void this.#refused(response).then(resolve, reject);
      });
    });
  }

  async #refused(response: IncomingMessage): Promise<Connected> {
    this.#responseHeaders = response.headers;
    const chunks = await response.toArray();
    this.#over({ code: 1006, reason: '' });
    const body = Buffer.concat(chunks as Buffer[]).toString();
    return { accepted: false, status: response.statusCode ?? 0, body };
  }

  #over(closing: Closing): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#frames.end(closing);
    this.#ended(closing);
  }
}
