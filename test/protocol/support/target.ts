import { type CanActivate, Injectable, UseGuards } from '@nestjs/common';
import { ManualClock } from '@nest-channels/core';
import { Consumer, Json, Message, Msg } from 'nest-channels';
import { Inbox } from '../../../libs/channels/test/support/inbox.js';
import { InterfaceServer } from '../../../libs/channels/src/server/interface-server.js';
import { ping } from './client-frame.js';
import { handshake, type HandshakeOptions, type ProtocolClient } from './protocol-client.js';
import { RestlessClock } from './restless-clock.js';
import { ServedApp, type TlsOptions, turn, until } from './served-app.js';

/** Is a guard that asks somewhere else, which takes until the test says so. */
@Injectable()
class SlowGuard implements CanActivate {
  readonly #asked = new Inbox<void>();
  #answer: (isWelcome: boolean) => void = () => undefined;
  readonly #answered = new Promise<boolean>((resolve) => (this.#answer = resolve));

  canActivate(): Promise<boolean> {
    this.#asked.push();
    return this.#answered;
  }

  /** Lets everybody in who waits, and all who come later. */
  open(): void {
    this.#answer(true);
  }

  /** Resolves when somebody waits. */
  asked(): Promise<void> {
    return this.#asked.next();
  }
}

@Injectable()
class Consumers {
  @Consumer('websocket.receive', { path: '/echo' })
  echo(@Msg() { content }: Message<'websocket.receive'>) {
    return content.text ?? content.bytes;
  }

  @Consumer('websocket.receive', { path: '/json' })
  json(@Json() value: unknown) {
    return { read: value };
  }

  @Consumer('websocket.connect', { path: '/headers' })
  headers(@Msg() message: Message<'websocket.connect'>) {
    const { headers, client } = message.content;
    const pairs = headers.map((pair) => pair.map((bytes) => Buffer.from(bytes).toString('latin1')));
    return message.reply({ headers: pairs, client });
  }

  @UseGuards(SlowGuard)
  @Consumer('websocket.connect', { path: '/guarded' })
  guarded(@Msg() message: Message) {
    return message.accept();
  }

  @Consumer('websocket.connect', { path: '/silent' })
  silent() {}

  @Consumer('websocket.receive', { path: '/throws' })
  throws(): never {
    throw new Error('thrown at once');
  }

  @Consumer('websocket.receive', { path: '/rejects' })
  async rejects(): Promise<never> {
    await turn();
    throw new Error('thrown later');
  }

  @Consumer('websocket.disconnect', { path: '/farewell' })
  disconnect(): never {
    throw new Error('thrown at the end');
  }
}

/** Is an application with the limits that ship, for clients to attack. */
export class Target {
  private constructor(
    readonly served: ServedApp,
    /** Is the target's time, which stands still. */
    readonly clock: ManualClock,
  ) {}

  /** Starts one whose time stands still. */
  static async start(httpsOptions?: TlsOptions, clock = new ManualClock()): Promise<Target> {
    const served = await ServedApp.of([Consumers, SlowGuard], { clock }, { httpsOptions });
    return new Target(served, clock);
  }

  /** Starts one whose loops seem long to themselves, as they would be in real time. */
  static startRestless(): Promise<Target> {
    return Target.start(undefined, new RestlessClock());
  }

  get guard(): SlowGuard {
    return this.served.app.get(SlowGuard);
  }

  /** Counts the connections that the interface server knows. */
  get connections(): number {
    return this.served.app.get(InterfaceServer, { strict: false }).connections;
  }

  open(path: string, options?: HandshakeOptions): Promise<ProtocolClient> {
    return this.served.open(path, options);
  }

  connect(): Promise<ProtocolClient> {
    return this.served.connect();
  }

  /** Resolves when the server knows no more than so many connections. */
  hasLeft(connections: number): Promise<void> {
    return until(() => this.connections <= connections);
  }

  /** Says how a request is answered: `HTTP 400`. */
  async answerTo(request: Uint8Array): Promise<string> {
    const client = await this.connect();
    client.write(request);
    const { status } = await client.answer();
    return `HTTP ${status}`;
  }

  /** Says how a handshake is answered: `HTTP 101`. */
  handshake(path: string, options?: HandshakeOptions): Promise<string> {
    return this.answerTo(handshake(path, options));
  }

  /** Says how frames on a new connection end it: `closed with 1002`. */
  async endOf(frames: readonly Buffer[], path = '/echo'): Promise<string> {
    const client = await this.open(path);
    client.send(frames);
    return closing(client);
  }
}

/** Says how a connection ends. */
export async function closing(client: ProtocolClient): Promise<string> {
  const code = await client.closeCode();
  return code === undefined ? 'cut off' : `closed with ${code}`;
}

/** Says whether a connection is still answered. */
export async function liveness(client: ProtocolClient): Promise<string> {
  const heard = client.events.length;
  client.write(ping('there?'));
  await client.heard(heard + 1);
  return client.events[heard]?.kind === 'pong' ? 'stays open' : closing(client);
}
