import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { type Clock, systemClock } from '@nest-channels/core';
import { Flow, type FlowFaults } from './flow.js';

/** Is a way through the proxy: to the server, or back. */
export type Direction = 'request' | 'reply';

interface Proxied {
  readonly client: Socket;
  readonly upstream: Socket;
  readonly flows: Readonly<Record<Direction, Flow>>;
  /** Says that the server has been asked what is not to be answered. */
  isCut: boolean;
}

const NO_FAULTS: FlowFaults = { latencyMs: 0, sliceBytes: Infinity, isBlackHole: false };

/**
 * Is a TCP proxy that does to its connections what networks do: delay, split, lose and reset.
 *
 * It hands on faithfully until it is told otherwise; {@link heal} ends all faults.
 */
export class FaultProxy {
  readonly #connections = new Set<Proxied>();
  readonly #faults: Record<Direction, FlowFaults> = {
    request: { ...NO_FAULTS },
    reply: { ...NO_FAULTS },
  };
  #state: 'up' | 'down' = 'up';
  #isToCut: (request: Buffer) => boolean = () => false;
  #cuts = 0;

  private constructor(
    private readonly server: Server,
    private readonly upstreamPort: number,
    private readonly clock: Clock,
  ) {
    server.on('connection', (client: Socket) => this.#connected(client));
  }

  /** Listens on a free port of this machine, for a server on another. */
  static async start(upstreamPort: number, clock: Clock = systemClock): Promise<FaultProxy> {
    const server = createServer({ noDelay: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FaultProxy(server, upstreamPort, clock);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Counts the connections that go through it now. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Counts the connections that were cut after a request. */
  get cuts(): number {
    return this.#cuts;
  }

  /** Delays all that goes this way, or both. */
  latency(ms: number, ...directions: readonly Direction[]): void {
    this.#each(directions, (faults) => (faults.latencyMs = ms));
  }

  /** Hands on so many bytes at a time. */
  slice(bytes: number, ...directions: readonly Direction[]): void {
    this.#each(directions, (faults) => (faults.sliceBytes = bytes));
  }

  /** Lets nothing through this way; what is sent comes out when it is healed. */
  blackHole(...directions: readonly Direction[]): void {
    this.#each(directions, (faults) => (faults.isBlackHole = true));
  }

  /** Hands on a request that matches, waits for the server's reply and resets instead of giving it. */
  cutAfter(matches: (request: Buffer) => boolean): void {
    this.#isToCut = matches;
  }

  /** Resets every connection; new ones are taken. */
  reset(): void {
    for (const connection of this.#connections) this.#end(connection);
  }

  /** Resets every connection, and each new one. */
  down(): void {
    this.#state = 'down';
    this.reset();
  }

  /** Ends all faults. */
  heal(): void {
    this.#state = 'up';
    this.#isToCut = () => false;
    this.#each([], (faults) => Object.assign(faults, NO_FAULTS));
  }

  async close(): Promise<void> {
    this.down();
    const closed = once(this.server, 'close');
    this.server.close();
    await closed;
  }

  #each(directions: readonly Direction[], change: (faults: FlowFaults) => void): void {
    const chosen = directions.length > 0 ? directions : (['request', 'reply'] as const);
    for (const direction of chosen) {
      change(this.#faults[direction]);
      for (const { flows } of this.#connections) flows[direction].faultsChanged();
    }
  }

  #connected(client: Socket): void {
    client.on('error', () => undefined);
    if (this.#state === 'down') return void client.resetAndDestroy();
    const upstream = connect({ port: this.upstreamPort, host: '127.0.0.1', noDelay: true });
    const { request, reply } = this.#faults;
    const flows = {
      request: new Flow(client, upstream, request, this.clock),
      reply: new Flow(upstream, client, reply, this.clock),
    };
    this.#join({ client, upstream, flows, isCut: false });
  }

  #join(connection: Proxied): void {
    const { client, upstream, flows } = connection;
    this.#connections.add(connection);
    client.on('data', (chunk: Buffer) => this.#requested(connection, chunk));
    upstream.on('data', (chunk: Buffer) => this.#replied(connection, chunk));
    upstream.on('error', () => undefined);
    for (const socket of [client, upstream]) socket.on('close', () => this.#end(connection));
    for (const flow of [flows.request, flows.reply]) flow.faultsChanged();
  }

  #requested(connection: Proxied, chunk: Buffer): void {
    if (this.#isToCut(chunk)) connection.isCut = true;
    connection.flows.request.carry(chunk);
  }

  #replied(connection: Proxied, chunk: Buffer): void {
    if (!connection.isCut) return connection.flows.reply.carry(chunk);
    this.#cuts++;
    this.#end(connection);
  }

  #end(connection: Proxied): void {
    if (!this.#connections.delete(connection)) return;
    const { client, upstream, flows } = connection;
    for (const flow of [flows.request, flows.reply]) flow.end();
    client.resetAndDestroy();
    upstream.destroy();
  }
}
