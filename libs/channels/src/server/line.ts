import type { Duplex } from 'node:stream';
import type { RawData } from 'ws';
import type { ServerSettings } from '../server-options.js';
import type { Traffic } from './access-entry.js';
import type { ClosingWebSocket } from './closing-web-socket.js';
import {
  type HandlingOrder,
  Inbound,
  type InboundHost,
  type InboundListener,
  type Sender,
} from './inbound.js';
import { Liveness, type Signs, type Verdict } from './liveness.js';
import { Outbound, type OutboundHost } from './outbound.js';
import type { Close } from './reply-reader.js';
import { isUnfinished } from './unfinished-message.js';

/** Is told what happens on a line. */
export interface LineListener extends InboundListener {
  /** More waits for the client than may. */
  onTooSlow(): void;
  onBroken(error: Error): void;
  /** One side closes: `proceed` lets the close frame out. */
  onClosing(code: number | undefined, proceed: () => void): void;
  onClosed(code: number, reason: string): void;
}

/** Is what a line is made of. */
export interface LineParts {
  readonly webSocket: ClosingWebSocket;
  readonly socket: Duplex & { readonly bytesRead?: number; readonly bytesWritten?: number };
  readonly sender: Sender;
  readonly order: HandlingOrder;
}

/** Is the open half of a connection: a WebSocket, and what flows through it both ways. */
export class Line {
  readonly inbound: Inbound;
  readonly outbound: Outbound;
  readonly #liveness: Liveness;

  constructor(
    private readonly parts: LineParts,
    host: InboundHost & OutboundHost,
    listener: LineListener,
  ) {
    const { webSocket, socket, sender, order } = parts;
    const inbound = new Inbound(sender, webSocket, host, listener, order);
    this.inbound = inbound;
    this.outbound = new Outbound(socket, host, () => listener.onTooSlow());
    this.#liveness = new Liveness(host.clock.now());
    webSocket.on('message', (data: RawData, isBinary) => inbound.receive(data as Buffer, isBinary));
    webSocket.on('error', (error) => listener.onBroken(error));
    webSocket.onClosing = (code, proceed) => listener.onClosing(code, proceed);
    webSocket.once('close', (code, reason) => listener.onClosed(code, reason.toString()));
  }

  /** Counts what went over it. */
  get traffic(): Traffic {
    const { bytesRead, bytesWritten } = this.parts.socket;
    const { inbound, outbound } = this;
    return {
      framesIn: inbound.order,
      bytesIn: bytesRead,
      framesOut: outbound.written,
      bytesOut: bytesWritten,
    };
  }

  /** Says what has to be done about it; `stalled` is a client that does not read. */
  judge(
    now: number,
    settings: ServerSettings,
    { afterStall }: { readonly afterStall: boolean },
  ): Verdict | 'stalled' {
    if (afterStall) for (const half of [this.#liveness, this.outbound]) half.forgive(now);
    this.inbound.checkPause(now);
    if (this.outbound.isStalled(now)) return 'stalled';
    return this.#liveness.judge(now, this.#signs(), settings);
  }

  ping(): void {
    this.parts.webSocket.ping();
  }

  /** Begins the closing handshake. */
  close({ code, reason }: Close): void {
    this.parts.webSocket.close(code, reason);
  }

  /** Cuts the client off. */
  terminate(): void {
    this.parts.webSocket.terminate();
  }

  /** Lets out what waits and takes nothing more, either way. */
  fallSilent(): void {
    this.inbound.end();
    this.outbound.end();
  }

  /** Takes nothing more, and forgets what waits for the client: it has gone. */
  drop(): void {
    this.outbound.discard();
    this.inbound.end();
  }

  #signs(): Signs | undefined {
    const { inbound } = this;
    if (inbound.isPaused) return undefined;
    const { socket, webSocket } = this.parts;
    const { bytesRead = 0 } = socket;
    return { bytesRead, messages: inbound.order, isUnfinished: isUnfinished(webSocket) };
  }
}
