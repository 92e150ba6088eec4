import { WebSocket } from 'ws';

/** Is a person's browser: it keeps cookies, and opens sockets from pages of one origin. */
export class BrowserSession {
  cookie = '';
  readonly #sockets: SessionSocket[] = [];

  constructor(private readonly url: string) {}

  /** Asks for a page and keeps the cookie that comes with it. */
  async visit(path: string): Promise<Response> {
    const headers = { cookie: this.cookie };
    const response = await fetch(this.url + path, { headers, method: 'POST' });
    const [cookie] = response.headers.getSetCookie();
    if (cookie) this.cookie = cookie.split(';')[0];
    return response;
  }

  socket(path: string, headers: Record<string, string> = {}): SessionSocket {
    const all = { origin: this.url, ...(this.cookie && { cookie: this.cookie }), ...headers };
    const given = Object.entries(all).filter(([, value]) => value !== '');
    const socket = new SessionSocket(
      this.url.replace('http', 'ws') + path,
      Object.fromEntries(given),
    );
    this.#sockets.push(socket);
    return socket;
  }

  /** Opens a socket and waits until it is accepted. */
  async open(path: string, headers?: Record<string, string>): Promise<SessionSocket> {
    const socket = this.socket(path, headers);
    const outcome = await socket.outcome;
    if (outcome !== 101) throw new Error(`refused with ${outcome}`);
    return socket;
  }

  async leave(): Promise<void> {
    await Promise.all(this.#sockets.map((socket) => socket.end()));
  }
}

/** Is one socket, and what came of it. */
export class SessionSocket {
  /** Resolves to the status of its handshake. */
  readonly outcome: Promise<number>;
  /** Resolves to its close code. */
  readonly closed: Promise<number>;
  readonly #webSocket: WebSocket;
  readonly #frames: string[] = [];
  readonly #readers: ((frame: string) => void)[] = [];

  constructor(url: string, headers: Record<string, string>) {
    this.#webSocket = new WebSocket(url, { headers });
    this.#webSocket.on('error', () => undefined);
    this.outcome = new Promise((resolve) => {
      this.#webSocket.once('open', () => resolve(101));
      this.#webSocket.once('unexpected-response', (_request, response) => {
        resolve(response.statusCode ?? 0);
        this.#webSocket.terminate();
      });
    });
    this.closed = new Promise((resolve) => this.#webSocket.once('close', resolve));
    this.#webSocket.on('message', (data: Buffer) => {
      const reader = this.#readers.shift();
      if (reader) reader(data.toString());
      else this.#frames.push(data.toString());
    });
  }

  send(text: string): void {
    this.#webSocket.send(text);
  }

  /** Sends a frame and resolves to the next one that comes. */
  ask(text: string): Promise<string> {
    this.send(text);
    return this.next();
  }

  next(): Promise<string> {
    const frame = this.#frames.shift();
    if (frame !== undefined) return Promise.resolve(frame);
    return new Promise((resolve) => this.#readers.push(resolve));
  }

  async end(): Promise<void> {
    if (this.#webSocket.readyState === WebSocket.CLOSED) return;
    const isOpen = this.#webSocket.readyState === WebSocket.OPEN;
    if (isOpen) this.#webSocket.close();
    else this.#webSocket.terminate();
    await this.closed;
  }
}
