import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ServerOptions, WebSocketServer } from 'ws';
import type { ServerSettings } from '../server-options.js';
import { ClosingWebSocket } from './closing-web-socket.js';
import { headerLines } from './refusal.js';

/** Is what an accepted handshake is answered with. */
export interface Acceptance {
  readonly subprotocol?: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Is what the protocol engine of every socket is limited to. */
export type UpgraderLimits = Pick<
  ServerSettings,
  'maxMessageBytes' | 'maxFragments' | 'maxBufferedChunks' | 'closeTimeoutMs'
>;

/** Is how many pongs may wait for a client that pings and does not read. */
const MAX_PENDING_PONGS = 16;

/** Are options of ws that its type declarations do not know yet. */
interface NewerOptions extends ServerOptions {
  readonly closeTimeout: number;
  readonly maxFragments: number;
  readonly maxBufferedChunks: number;
  readonly maxPendingAutoPongs: number;
}

/** Turns accepted handshakes into WebSockets. */
export class Upgrader {
  readonly #acceptances = new WeakMap<IncomingMessage, Acceptance>();
  readonly #server: WebSocketServer;

  constructor(limits: UpgraderLimits) {
    const options: NewerOptions = {
      noServer: true,
      clientTracking: false,
      WebSocket: ClosingWebSocket,
      perMessageDeflate: false,
      maxPayload: limits.maxMessageBytes,
      closeTimeout: limits.closeTimeoutMs,
      maxFragments: limits.maxFragments,
      maxBufferedChunks: limits.maxBufferedChunks,
      maxPendingAutoPongs: MAX_PENDING_PONGS,
      handleProtocols: (_offered, request) => this.#acceptances.get(request)?.subprotocol ?? false,
    };
    this.#server = new WebSocketServer(options);
    this.#server.on('headers', (lines, request) => {
      lines.push(...headerLines(this.#acceptances.get(request)?.headers ?? {}));
    });
  }

  /** Sends the 101 and returns the open socket, or undefined when the client has gone meanwhile. */
  upgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    acceptance: Acceptance,
  ): ClosingWebSocket | undefined {
    let opened: ClosingWebSocket | undefined;
    this.#acceptances.set(request, acceptance);
    // ws writes the response as a text; its header values are bytes (RFC 9110 §5.5).
    socket.setDefaultEncoding('latin1');
    this.#server.handleUpgrade(request, socket, head, (webSocket) => (opened = webSocket));
    socket.setDefaultEncoding('utf8');
    return opened;
  }
}
