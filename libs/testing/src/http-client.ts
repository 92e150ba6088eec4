import { Client } from './client.js';
import { MissingMessage } from './errors.js';

/** Is what a request of an {@link HttpClient} carries. */
export interface HttpRequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Is a whole reply to a request that went through the layer. */
export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly content: Buffer;
}

/** Is one message of a reply (ASGI 1, HTTP response and its chunks). */
interface Chunk {
  readonly status?: number;
  readonly headers?: readonly (readonly [Uint8Array | string, Uint8Array | string])[];
  readonly content?: Uint8Array | string;
  readonly more_content?: boolean;
}

/** Makes messages of HTTP requests, has them consumed by hand, and puts their replies together. */
export class HttpClient extends Client {
  /** Sends a request on `http.request`, has it handled, and resolves with the reply. */
  async request(
    method: string,
    target: string,
    options: HttpRequestOptions = {},
  ): Promise<HttpReply> {
    await this.sendAndConsume('http.request', requestOf(method, target, options));
    return this.response();
  }

  /**
   * Takes the replies to a request until the last.
   *
   * @throws MissingMessage `CHANNELS_TEST_MESSAGE_MISSING` when one is not there
   */
  async response(): Promise<HttpReply> {
    const first = await this.#chunk();
    const content = [bytesOf(first.content)];
    for (let chunk = first; chunk.more_content;) {
      chunk = await this.#chunk();
      content.push(bytesOf(chunk.content));
    }
    return {
      status: first.status ?? 0,
      headers: headersOf(first),
      content: Buffer.concat(content),
    };
  }

  async #chunk(): Promise<Chunk> {
    const reply = (await this.receive()) as Chunk | undefined;
    if (!reply) throw new MissingMessage('A part of the reply is missing');
    return reply;
  }
}

function requestOf(method: string, target: string, options: HttpRequestOptions): object {
  const [path, query = ''] = target.split('?', 2);
  const headers = Object.entries(options.headers ?? {});
  return {
    http_version: '1.1',
    method: method.toUpperCase(),
    scheme: 'http',
    path: decodeURIComponent(path),
    query_string: Buffer.from(query),
    root_path: '',
    headers: headers.map(([name, value]) => [Buffer.from(name.toLowerCase()), Buffer.from(value)]),
    body: bytesOf(options.body),
    client: ['127.0.0.1', 49_152],
    server: ['127.0.0.1', 80],
  };
}

function headersOf({ headers = [] }: Chunk): Record<string, string> {
  return Object.fromEntries(
    headers.map(([name, value]) => [textOf(name).toLowerCase(), textOf(value)]),
  );
}

function bytesOf(content: Uint8Array | string = ''): Buffer {
  return Buffer.from(content);
}

function textOf(value: Uint8Array | string): string {
  return typeof value === 'string' ? value : Buffer.from(value).toString('latin1');
}
