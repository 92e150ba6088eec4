import { Client, type ClientHost, type Requirement } from './client.js';
import { cookieHeader } from './cookies.js';
import { UnexpectedFrame } from './errors.js';
import { OWN_ORIGIN, type Visitor } from './visitor.js';

/** Are the options of a client that makes the messages of one WebSocket. */
export interface WsClientOptions {
  /** Is the path of each message, with a query string if it has one; `/` if absent. */
  readonly path?: string;
  readonly subprotocols?: readonly string[];
  /** Numbers the messages as the interface server does; `true` if absent. */
  readonly ordered?: boolean;
  /** Is the alias of the layer it works with; `default` if absent. */
  readonly layer?: string;
}

/** Is what a test says of one message; the rest is added. */
export interface WsMessage {
  /** Is text as it is, and anything else as JSON. */
  readonly text?: unknown;
  readonly bytes?: Uint8Array;
  /** Is the path of this message, with a query string if it has one. */
  readonly path?: string;
  readonly order?: number;
  readonly [key: string]: unknown;
}

/** Are the options of consuming the message of a WebSocket. */
export interface WsConsumption extends Requirement {
  /** Makes sure on `websocket.connect` that the connection is accepted; `true` if absent. */
  readonly checkAccept?: boolean;
}

/**
 * Makes the messages of one WebSocket without there being one, and consumes them by hand.
 *
 * It fills in what the interface server would: path, query string, headers, cookies and order.
 */
export class WsClient extends Client {
  readonly #headers = new Map<string, string>();
  readonly #visitor: Visitor;
  #order = 0;

  constructor(
    host: ClientHost,
    private readonly options: WsClientOptions = {},
  ) {
    super(host, options.layer);
    this.#visitor = host.visitor();
  }

  /** Sends this cookie with every handshake from now on. */
  setCookie(name: string, value: string): void {
    this.#visitor.setCookie(name, value);
  }

  /**
   * Sends this header with every handshake from now on.
   *
   * @throws TypeError for `cookie`, which is made of the cookies that were set
   */
  setHeader(name: string, value: string): void {
    if (name.toLowerCase() === 'cookie') throw new TypeError('Set cookies with setCookie()');
    this.#headers.set(name.toLowerCase(), value);
  }

  /**
   * Logs in as a page does, by a controller, and sends the cookie with every handshake from now on.
   *
   * @returns whether the application answered with a status under 400
   */
  async login(path: string, credentials: object): Promise<boolean> {
    this.#comeFromPage();
    return this.#visitor.login(path, credentials);
  }

  /**
   * Logs a user in without a password: puts a session into the store of the application.
   *
   * @throws LoginUnknown `CHANNELS_TEST_LOGIN_UNKNOWN` unless the test has `sessions`
   */
  async forceLogin(user: object): Promise<void> {
    this.#comeFromPage();
    await this.#visitor.forceLogin(user);
  }

  /** @throws TypeError for an `order` of its own while messages are numbered */
  override send(channel: string, message: WsMessage = {}): Promise<void> {
    const { path = this.options.path ?? '/', text, ...rest } = message;
    const [plain, query = ''] = path.split('?', 2);
    return super.send(channel, {
      path: decodeURIComponent(plain),
      ...this.#ordinal(message),
      ...(channel === 'websocket.connect' && this.#handshake(query)),
      ...(text !== undefined && { text: typeof text === 'string' ? text : JSON.stringify(text) }),
      ...rest,
    });
  }

  /**
   * Has the next message handled; on `websocket.connect` takes the reply and wants it to be an accept.
   *
   * @throws UnexpectedFrame `CHANNELS_TEST_FRAME_UNEXPECTED` for another reply
   */
  override async consume(channel: string, options: WsConsumption = {}): Promise<unknown> {
    const value = await super.consume(channel, options);
    if (channel === 'websocket.connect' && (options.checkAccept ?? true)) await this.#accepted();
    return value;
  }

  override async sendAndConsume(
    channel: string,
    message: WsMessage = {},
    options: WsConsumption = {},
  ): Promise<unknown> {
    await this.send(channel, message);
    return this.consume(channel, options);
  }

  /** Takes the next reply: its text read as JSON, its bytes, or the whole reply without either. */
  override receive(): Promise<unknown> {
    return this.#receive((text) => JSON.parse(text) as unknown);
  }

  /** Takes the next reply: its text as it is, its bytes, or the whole reply without either. */
  receiveText(): Promise<unknown> {
    return this.#receive((text) => text);
  }

  async #receive(read: (text: string) => unknown): Promise<unknown> {
    const reply = (await super.receive()) as { text?: unknown; bytes?: unknown } | undefined;
    if (typeof reply?.text === 'string') return read(reply.text);
    return reply?.bytes ?? reply;
  }

  /** Cookies count for pages only, which have an origin. */
  #comeFromPage(): void {
    if (!this.#headers.has('origin')) this.setHeader('origin', OWN_ORIGIN);
  }

  async #accepted(): Promise<void> {
    const reply = (await super.receive()) as { accept?: unknown } | undefined;
    if (reply?.accept !== true) throw new UnexpectedFrame('an accept', reply ?? null);
  }

  #ordinal({ order }: WsMessage): { order?: number } {
    if (this.options.ordered === false) return {};
    if (order !== undefined) throw new TypeError('An ordered client numbers messages by itself');
    return { order: this.#order++ };
  }

  #handshake(query: string): object {
    const cookie = cookieHeader(this.#visitor.cookies);
    const headers = [...this.#headers, ...(cookie === undefined ? [] : [['cookie', cookie]])];
    return {
      scheme: 'ws',
      root_path: '',
      query_string: Buffer.from(query),
      headers: headers.map(([name, value]) => [Buffer.from(name), Buffer.from(value, 'latin1')]),
      subprotocols: [...(this.options.subprotocols ?? [])],
      client: ['127.0.0.1', 49_152],
      server: ['127.0.0.1', 80],
    };
  }
}
