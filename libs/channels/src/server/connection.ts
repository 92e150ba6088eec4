import type { Duplex } from 'node:stream';
import {
  ChannelFull,
  type ChannelLayer,
  type Clock,
  type Content,
  reasonOf,
  snapshot,
} from '@nest-channels/core';
import type { Logger } from '@nestjs/common';
import type { RawData } from 'ws';
import { quote } from '../log-text.js';
import type { ServerSettings } from '../server-options.js';
import type { ClosingWebSocket } from './closing-web-socket.js';
import type { Traffic } from './access-entry.js';
import type { Farewells, LastMessage } from './farewells.js';
import type { Checked } from './heartbeat.js';
import { type HandlingOrder, Inbound } from './inbound.js';
import { Liveness, type Signs, type Verdict } from './liveness.js';
import { type Failure, Opening, type Upgrade } from './opening.js';
import { Outbound, type OutboundHost } from './outbound.js';
import { Parting } from './parting.js';
import { type Refusal, UNAVAILABLE } from './refusal.js';
import type { Close, Reply } from './reply-reader.js';
import { isUnfinished } from './unfinished-message.js';
import type { Upgrader } from './upgrader.js';

/** Close code of a connection that ended without a close frame (RFC 6455 §7.1.5). */
const ABNORMAL = 1006;

/** Close code of a close frame without one (RFC 6455 §7.1.5). */
const NO_STATUS = 1005;

/** Says how a connection reached its last state: the application itself may have refused it. */
export type Ending = 'refused' | 'ended';

/** Is what all connections of a server share. */
export interface ConnectionHost extends OutboundHost {
  /** Is where messages go: the layer, or who lives in this process with the connection. */
  readonly layer: Pick<ChannelLayer, 'send'>;
  readonly upgrader: Upgrader;
  readonly settings: ServerSettings;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly farewells: Farewells;
  /** Tells whether the server is about to stop. */
  isStopping(): boolean;
  /** Is called for each frame that the layer did not take. */
  frameLost(): void;
  /** Is called once, when the connection has reached its last state; only `ended` has a disconnect. */
  forget(connection: Connection, ending: Ending): void;
}

/** Is the open half of a connection: a WebSocket and what flows through it. */
interface Line {
  readonly socket: Duplex & { readonly bytesRead?: number; readonly bytesWritten?: number };
  readonly webSocket: ClosingWebSocket;
  readonly inbound: Inbound;
  readonly outbound: Outbound;
  readonly liveness: Liveness;
}

/**
 * Is one client's connection, from its handshake to its end.
 *
 * ```
 * connecting ──accept──► open ──close──► (parting ──►) closing
 *     │                   │                     │
 *     └──deny, timeout,───┴──lost───────────────┴──► (lingering ──►) closed
 *        lost
 * ```
 * It is parting when its client closes while frames are still being handled: these are answered
 * before the close is. It lingers when it has gone while its frames are handled in strict order.
 *
 * It answers to its reply channel and turns what the client does into `websocket.connect`,
 * `.receive` and `.disconnect`. A disconnect follows every connect, unless the application itself
 * refused the connection.
 */
export class Connection implements Checked {
  #state: 'connecting' | 'open' | 'parting' | 'closing' | 'lingering' | 'closed' = 'connecting';
  readonly #path: string;
  /** Is there until the connection is decided: it holds the request, which is large. */
  #opening?: Opening;
  #line?: Line;
  #parting?: Parting;
  #hasLost = false;

  constructor(
    readonly replyChannel: string,
    upgrade: Upgrade,
    private readonly host: ConnectionHost,
  ) {
    this.#path = upgrade.handshake.path;
    this.#opening = new Opening(upgrade, host, (failure) => this.#fail(failure));
  }

  /** Asks the application whether the client may connect. */
  async connect(): Promise<void> {
    if (!this.#opening) return;
    const { handshake, head } = this.#opening.upgrade;
    if (head.length > this.host.settings.maxEarlyBytes) return this.#refuse(this.#tooEarly());
    try {
      const content = { ...handshake, reply_channel: this.replyChannel };
      await this.host.layer.send('websocket.connect', content);
    } catch (error) {
      // A layer that lost its answer may have delivered the message all the same.
      if (this.#state !== 'connecting') return;
      this.#warn(`refused with 503: ${reasonOf(error)}`);
      this.#refuse({ ...UNAVAILABLE, reason: reasonOf(error) });
    }
  }

  /** Carries out what the application sent to the reply channel. */
  answer(reply: Reply): void {
    if (reply.settled !== undefined) this.#settled(reply.settled);
    if (this.#state === 'connecting') this.#decide(reply);
    else if (this.#state === 'open') this.#speak(reply);
    else if (this.#state === 'parting') this.#sendFrame(reply);
  }

  /** Sends an event on to the channel of its type, so that a worker handles it. */
  async forward(event: Content): Promise<void> {
    const identity = { reply_channel: this.replyChannel, path: this.#path };
    const type = event['type'] as string;
    try {
      await this.host.layer.send(type, { ...snapshot(event), ...identity });
    } catch (error) {
      this.#warn(`lost an event of type ${quote(type)}: ${reasonOf(error)}`);
    }
  }

  /** Ends the connection from the server's side. */
  close(close: Close): void {
    const { reason } = close;
    if (this.#state === 'connecting') this.#end(ABNORMAL, { ...UNAVAILABLE, reason });
    else if (this.#state === 'open') this.#sendClose(close);
    else if (this.#state === 'lingering') this.#hurry();
  }

  check(now: number, { afterStall }: { readonly afterStall: boolean }): void {
    const line = this.#line;
    if (this.#state !== 'open') return line?.inbound.checkPause(now);
    if (!line) return;
    if (afterStall) for (const half of [line.liveness, line.outbound]) half.forgive(now);
    line.inbound.checkPause(now);
    if (line.outbound.isStalled(now)) return this.#tooSlow();
    this.#act(line.liveness.judge(now, this.#signs(line), this.host.settings), line);
  }

  #decide(reply: Reply): void {
    if (reply.isOrdered) this.#opening?.keepOrder();
    const hasData = reply.frame !== undefined && !reply.frame.isEmpty;
    if (reply.accept === false) return this.#refuse(reply);
    if (!reply.accept && !hasData) return reply.close ? this.#refuse({ status: 403 }) : undefined;
    this.#accept(reply);
    if (this.#state === 'open') this.#speak(reply);
  }

  #speak(reply: Reply): void {
    this.#sendFrame(reply);
    if (reply.close) this.#sendClose(reply.close);
  }

  #sendFrame({ frame }: Reply): void {
    if (frame) this.#line?.outbound.send(frame);
  }

  #settled(order: number): void {
    this.#opening?.settled(order);
    this.#line?.inbound.settled(order);
    this.#parting?.settled(order);
  }

  #accept(reply: Reply): void {
    const opening = this.#opening as Opening;
    const { handshake } = opening.upgrade;
    const subprotocol = this.#subprotocol(reply, handshake.subprotocols);
    const webSocket = opening.accept({ headers: reply.headers, subprotocol });
    this.#opening = undefined;
    if (!webSocket) return this.#end(ABNORMAL);
    this.#state = 'open';
    this.#line = this.#open(webSocket, opening);
  }

  #open(webSocket: ClosingWebSocket, { upgrade, order }: Opening): Line {
    const { host } = this;
    const { socket, access } = upgrade;
    const inbound = this.#inbound(webSocket, order);
    const outbound = new Outbound(socket, host, () => this.#tooSlow());
    webSocket.on('message', (data: RawData, isBinary) => {
      if (this.#state === 'open') inbound.receive(data as Buffer, isBinary);
    });
    webSocket.on('error', (error) => this.#warn(`broke the protocol: ${error.message}`));
    const line = { socket, webSocket, inbound, outbound, liveness: new Liveness(host.clock.now()) };
    webSocket.onClosing = (code, proceed) => this.#closing(line, code, proceed);
    webSocket.once('close', (code, reason) => {
      access?.ended({ code, reason: reason.toString(), ...trafficOf(line) });
      this.#end(code);
    });
    return line;
  }

  #inbound(webSocket: ClosingWebSocket, order: HandlingOrder): Inbound {
    const sender = { reply_channel: this.replyChannel, path: this.#path };
    const listener = {
      onUndeliverable: (error: Error) => this.#undeliverable(error),
      onUnsettled: (left: number) => this.#unsettled(left),
    };
    return new Inbound(sender, webSocket, this.host, listener, order);
  }

  #subprotocol({ subprotocol }: Reply, offer: readonly string[]): string | undefined {
    const { subprotocols } = this.host.settings;
    if (subprotocol === undefined) return offer.find((each) => subprotocols.includes(each));
    if (offer.includes(subprotocol)) return subprotocol;
    const quoted = quote(subprotocol);
    this.#warn(`accepted without subprotocol ${quoted}, which its client did not offer`);
    return undefined;
  }

  #signs({ socket, webSocket, inbound }: Line): Signs | undefined {
    if (inbound.isPaused) return undefined;
    const { bytesRead = 0 } = socket;
    return { bytesRead, messages: inbound.order, isUnfinished: isUnfinished(webSocket) };
  }

  #act(verdict: Verdict, { webSocket }: Line): void {
    const { pingTimeoutMs, messageTimeoutMs, maxAgeMs } = this.host.settings;
    switch (verdict) {
      case 'alive':
        return;
      case 'silent':
        return webSocket.ping();
      case 'dead':
        this.#warn(`was cut off: silent for ${pingTimeoutMs} ms after a ping`);
        return webSocket.terminate();
      case 'unfinished':
        this.#warn(`closed with 1008: a message took over ${messageTimeoutMs} ms`);
        return this.#sendClose({ code: 1008, reason: 'message took too long' });
      case 'old':
        this.host.logger.debug(`WebSocket ${this.#quotedPath} is ${maxAgeMs} ms old: closed`);
        return this.#sendClose({ code: 1012, reason: 'maximum age, connect again' });
    }
  }

  #undeliverable(error: Error): void {
    this.host.frameLost();
    if (this.#state !== 'open') return this.#lose(error);
    this.#hasLost = true;
    this.#warn(`closed with 1013: ${error.message}`);
    const reason = error instanceof ChannelFull ? 'overloaded' : 'layer unavailable';
    this.#sendClose({ code: 1013, reason });
  }

  /** Logs only the first loss of a connection: all that was under way fails together. */
  #lose(error: Error): void {
    if (this.#hasLost) return;
    this.#hasLost = true;
    this.#warn(`lost a frame: ${error.message}`);
  }

  #unsettled(left: number): void {
    const { settleTimeoutMs } = this.host.settings;
    const dropped = left > 0 ? `, ${left} frames after it are dropped` : '';
    this.#warn(`waited ${settleTimeoutMs} ms in vain for a frame to be handled${dropped}`);
    if (this.#state === 'open') this.#sendClose({ code: 1011, reason: 'a frame was not handled' });
  }

  #tooSlow(): void {
    if (this.#state !== 'open') return;
    this.#warn('closed with 1013: its client reads too slowly');
    this.#line?.outbound.discard();
    this.#sendClose({ code: 1013, reason: 'too slow' });
  }

  #sendClose({ code, reason }: Close): void {
    this.#state = 'closing';
    this.#line?.webSocket.close(code, reason);
  }

  #closing(line: Line, code: number | undefined, proceed: () => void): void {
    if (this.#state !== 'open' || line.inbound.isSettled) return this.#fallSilent(line, proceed);
    this.#state = 'parting';
    line.inbound.end();
    this.#parting = new Parting({
      order: this.#sayFarewell(code ?? NO_STATUS, line, { settle: true }),
      clock: this.host.clock,
      timeoutMs: this.host.settings.closeTimeoutMs,
      proceed: () => this.#fallSilent(line, proceed),
    });
  }

  /** Lets out what waits ahead of the close frame, whoever began to close; nothing follows it. */
  #fallSilent({ inbound, outbound }: Line, proceed: () => void): void {
    this.#state = 'closing';
    inbound.end();
    outbound.end();
    proceed();
  }

  #fail(failure: Failure): void {
    switch (failure) {
      case 'timeout':
        return this.#end(ABNORMAL, this.#unanswered());
      case 'too early':
        return this.#end(ABNORMAL, this.#tooEarly());
      case 'lost':
        this.host.logger.debug(`WebSocket ${this.#quotedPath} left before it was answered`);
        return this.#end(ABNORMAL);
    }
  }

  #unanswered(): Refusal {
    const { acceptTimeoutMs } = this.host.settings;
    this.#warn(
      `refused with 503: nothing answered within ${acceptTimeoutMs} ms. ` +
        'Is a worker running, and does its websocket.connect handler accept or deny?',
    );
    return { ...UNAVAILABLE, reason: 'nothing answered in time' };
  }

  #tooEarly(): Refusal {
    this.#warn(`refused with 413: over ${this.host.settings.maxEarlyBytes} bytes before accept`);
    return { status: 413, reason: 'too much before the accept' };
  }

  /** Refuses as the application wants it: it knows, so no disconnect follows. */
  #refuse(refusal: Refusal): void {
    this.#opening?.refuse(refusal);
    this.#forget('refused');
  }

  /** Ends a connection that the application heard of and did not refuse. */
  #end(code: number, refusal?: Refusal): void {
    if (this.#state === 'closed' || this.#state === 'lingering') return;
    if (refusal) this.#opening?.refuse(refusal);
    else this.#opening?.drop();
    const line = this.#line;
    const parting = this.#parting;
    line?.outbound.discard();
    line?.inbound.end();
    parting?.cancel();
    if (line?.inbound.isOver === false) this.#linger(line);
    else this.#forget('ended');
    if (!parting) this.#sayFarewell(code, line);
  }

  /** Goes on hearing what is settled, as its disconnect has to wait for that. */
  #linger({ inbound }: Line): void {
    this.#state = 'lingering';
    void inbound.finished().then(() => this.#forget('ended'));
    if (this.host.isStopping()) this.#hurry();
  }

  /** Bounds how long a server that stops waits for handlers of connections that have gone. */
  #hurry(): void {
    const { clock, settings } = this.host;
    const timer = clock.setTimer(() => this.#line?.inbound.giveUp(), settings.closeTimeoutMs);
    void this.#line?.inbound.finished().then(() => timer.cancel());
  }

  /** Sends what is left of the client's words, and its end; returns the `order` of the end. */
  #sayFarewell(code: number, line?: Line, options: { readonly settle?: true } = {}): number {
    const order = (line?.inbound.order ?? 0) + 1;
    const identity = { reply_channel: this.replyChannel, path: this.#path };
    const content = { ...identity, code, order, ...options };
    void this.host.farewells.say({
      messages: lastMessages({ channel: 'websocket.disconnect', content }, line),
      onLost: ({ channel }, error) => {
        if (channel === 'websocket.receive') this.host.frameLost();
        this.#warn(`lost its ${channel} message: ${reasonOf(error)}`);
      },
    });
    return order;
  }

  #forget(ending: Ending): void {
    this.#state = 'closed';
    this.#opening = undefined;
    this.#line = undefined;
    this.host.forget(this, ending);
  }

  get #quotedPath(): string {
    return quote(this.#path);
  }

  #warn(what: string): void {
    this.host.logger.warn(`WebSocket ${this.#quotedPath} ${what}`);
  }
}

async function lastMessages(disconnect: LastMessage, line?: Line): Promise<LastMessage[]> {
  const frames = (await line?.inbound.takeRest()) ?? [];
  return [...frames.map((content) => ({ channel: 'websocket.receive', content })), disconnect];
}

function trafficOf({ socket, inbound, outbound }: Line): Traffic {
  const { bytesRead, bytesWritten } = socket;
  return {
    framesIn: inbound.order,
    bytesIn: bytesRead,
    framesOut: outbound.written,
    bytesOut: bytesWritten,
  };
}
