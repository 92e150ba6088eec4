import type { IncomingHttpHeaders } from 'node:http';
import { WebSocket } from 'ws';
import { Inbox } from './inbox.js';

export interface TestSocketOptions {
  readonly protocols?: string[];
  readonly headers?: Record<string, string>;
}

/** Is how a server answered a handshake that it refused. */
export interface RefusedHandshake {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface CloseFrame {
  readonly code: number;
  readonly reason: string;
}

type Frame = string | Buffer;

/** Is a WebSocket client whose events a test awaits. */
export class TestSocket {
  readonly webSocket: WebSocket;
  /** Resolves with the 101, rejects when the handshake is refused or lost. */
  readonly opened: Promise<IncomingHttpHeaders>;
  /** Resolves with the HTTP answer of a refused handshake. */
  readonly refused: Promise<RefusedHandshake>;
  readonly closed: Promise<CloseFrame>;
  readonly #frames = new Inbox<Frame>();

  constructor(url: string, options: TestSocketOptions = {}) {
    const { protocols = [], headers } = options;
    this.webSocket = new WebSocket(url, protocols, { headers });
    this.opened = new Promise((resolve, reject) => {
      this.webSocket.once('upgrade', ({ headers: received }) => resolve(received));
      this.webSocket.once('error', reject);
    });
    this.opened.catch(() => undefined);
    this.refused = new Promise((resolve) => {
      this.webSocket.once('unexpected-response', (_request, response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('end', () => {
          const body = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode, headers: response.headers, body });
          this.webSocket.terminate();
        });
      });
    });
    this.closed = new Promise((resolve) => {
      this.webSocket.once('close', (code, reason) => {
        this.#frames.end(new Error(`no more frames: closed with ${code} "${reason.toString()}"`));
        resolve({ code, reason: reason.toString() });
      });
    });
    this.webSocket.on('error', () => undefined);
    this.webSocket.on('message', (data: Buffer, isBinary) =>
      this.#frames.push(isBinary ? data : data.toString()),
    );
  }

  send(frame: Frame): void {
    this.webSocket.send(frame);
  }

  /** Resolves with the next frame, text as string and binary as Buffer; rejects after the last. */
  next(): Promise<Frame> {
    return this.#frames.next();
  }

  /** Resolves with the next frames. */
  take(count: number): Promise<Frame[]> {
    return this.#frames.take(count);
  }

  /** Closes and waits for the end. */
  close(code = 1000): Promise<CloseFrame> {
    this.webSocket.close(code);
    return this.closed;
  }
}
