import {
  ChannelFull,
  type ChannelLayer,
  type Clock,
  type Content,
  reasonOf,
  snapshot,
} from '@nest-channels/core';
import type { ServerSettings } from '../server-options.js';
import type { AccessRecord } from './access-log.js';
import type { ClosingWebSocket } from './closing-web-socket.js';
import type { ConnectionLog } from './connection-log.js';
import type { Farewells, LastMessage } from './farewells.js';
import type { Checked } from './heartbeat.js';
import type { Sender } from './inbound.js';
import { Line } from './line.js';
import type { Verdict } from './liveness.js';
import { type Failure, Opening, type Upgrade } from './opening.js';
import type { OutboundHost } from './outbound.js';
import { Parting } from './parting.js';
import { type Refusal, UNAVAILABLE } from './refusal.js';
import type { Close, Reply } from './reply-reader.js';
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
  readonly log: ConnectionLog;
  readonly farewells: Farewells;
  /** Tells whether the server is about to stop. */
  isStopping(): boolean;
  /** Is called for each frame that the layer did not take. */
  frameLost(): void;
  /** Is called once, when the connection has reached its last state; only `ended` has a disconnect. */
  forget(connection: Connection, ending: Ending): void;
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
      this.host.log.refused(this.#path, error);
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
    const type = event['type'] as string;
    try {
      await this.host.layer.send(type, { ...snapshot(event), ...this.#identity });
    } catch (error) {
      this.host.log.lostEvent(this.#path, type, error);
    }
  }

  /** Ends the connection from the server's side. */
  close(close: Close): void {
    const { reason } = close;
    if (this.#state === 'connecting') this.#end(ABNORMAL, { ...UNAVAILABLE, reason });
    else if (this.#state === 'open') this.#sendClose(close);
    else if (this.#state === 'lingering') this.#hurry();
  }

  check(now: number, options: { readonly afterStall: boolean }): void {
    const line = this.#line;
    if (this.#state !== 'open') return line?.inbound.checkPause(now);
    if (line) this.#act(line.judge(now, this.host.settings, options), line);
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
    const { socket, access } = upgrade;
    const line = new Line({ webSocket, socket, order, sender: this.#identity }, this.host, {
      onUndeliverable: (error) => this.#undeliverable(error),
      onUnsettled: (left) => this.#unsettled(left),
      onTooSlow: () => this.#tooSlow(),
      onBroken: (error) => this.host.log.broken(this.#path, error),
      onClosing: (code, proceed) => this.#closing(line, code, proceed),
      onClosed: (code, reason) => this.#closed(line, { code, reason }, access),
    });
    return line;
  }

  #closed(line: Line, close: Close, access?: AccessRecord): void {
    access?.ended({ ...close, ...line.traffic });
    this.#end(close.code);
  }

  #subprotocol({ subprotocol }: Reply, offer: readonly string[]): string | undefined {
    const { subprotocols } = this.host.settings;
    if (subprotocol === undefined) return offer.find((each) => subprotocols.includes(each));
    if (offer.includes(subprotocol)) return subprotocol;
    this.host.log.foreignSubprotocol(this.#path, subprotocol);
    return undefined;
  }

  #act(verdict: Verdict | 'stalled', line: Line): void {
    const { log } = this.host;
    switch (verdict) {
      case 'alive':
        return;
      case 'silent':
        return line.ping();
      case 'stalled':
        return this.#tooSlow();
      case 'dead':
        log.dead(this.#path);
        return line.terminate();
      case 'unfinished':
        log.unfinished(this.#path);
        return this.#sendClose({ code: 1008, reason: 'message took too long' });
      case 'old':
        log.old(this.#path);
        return this.#sendClose({ code: 1012, reason: 'maximum age, connect again' });
    }
  }

  #undeliverable(error: Error): void {
    this.host.frameLost();
    if (this.#state !== 'open') return this.#lose(error);
    this.#hasLost = true;
    this.host.log.undeliverable(this.#path, error);
    const reason = error instanceof ChannelFull ? 'overloaded' : 'layer unavailable';
    this.#sendClose({ code: 1013, reason });
  }

  /** Logs only the first loss of a connection: all that was under way fails together. */
  #lose(error: Error): void {
    if (this.#hasLost) return;
    this.#hasLost = true;
    this.host.log.lostFrame(this.#path, error);
  }

  #unsettled(left: number): void {
    this.host.log.unsettled(this.#path, left);
    if (this.#state === 'open') this.#sendClose({ code: 1011, reason: 'a frame was not handled' });
  }

  #tooSlow(): void {
    if (this.#state !== 'open') return;
    this.host.log.tooSlow(this.#path);
    this.#line?.outbound.discard();
    this.#sendClose({ code: 1013, reason: 'too slow' });
  }

  #sendClose(close: Close): void {
    this.#state = 'closing';
    this.#line?.close(close);
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
  #fallSilent(line: Line, proceed: () => void): void {
    this.#state = 'closing';
    line.fallSilent();
    proceed();
  }

  #fail(failure: Failure): void {
    switch (failure) {
      case 'timeout':
        return this.#end(ABNORMAL, this.#unanswered());
      case 'too early':
        return this.#end(ABNORMAL, this.#tooEarly());
      case 'lost':
        this.host.log.left(this.#path);
        return this.#end(ABNORMAL);
    }
  }

  #unanswered(): Refusal {
    this.host.log.unanswered(this.#path);
    return { ...UNAVAILABLE, reason: 'nothing answered in time' };
  }

  #tooEarly(): Refusal {
    this.host.log.tooEarly(this.#path);
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
    line?.drop();
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
    const content = { ...this.#identity, code, order, ...options };
    void this.host.farewells.say({
      messages: lastMessages({ channel: 'websocket.disconnect', content }, line),
      onLost: ({ channel }, error) => {
        if (channel === 'websocket.receive') this.host.frameLost();
        this.host.log.lostMessage(this.#path, channel, error);
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

  get #identity(): Sender {
    return { reply_channel: this.replyChannel, path: this.#path };
  }
}

async function lastMessages(disconnect: LastMessage, line?: Line): Promise<LastMessage[]> {
  const frames = (await line?.inbound.takeRest()) ?? [];
  return [...frames.map((content) => ({ channel: 'websocket.receive', content })), disconnect];
}
