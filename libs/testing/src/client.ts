import { randomBytes } from 'node:crypto';
import { type Content, Message, nonLocalName } from '@nest-channels/core';
import { type ChannelLayer, type Channels, CloseConnection, DenyConnection } from 'nest-channels';
import { MissingMessage } from './errors.js';
import type { HandWorker } from './hand-worker.js';
import type { Visitor } from './visitor.js';

/** Is what a client works with; a `ChannelsTest` is one. */
export interface ClientHost {
  readonly channels: Channels;
  /** @throws WorkerRunning `CHANNELS_TEST_WORKER_RUNNING` while a worker consumes */
  readonly hand: HandWorker;
  layer(alias?: string): ChannelLayer;
  /** Returns somebody who can log in. */
  visitor(): Visitor;
}

/** Says what becomes of a wish for a message that is not there. */
export interface Requirement {
  /** Throws when there is none; what that is if absent stands at each method. */
  readonly require?: boolean;
}

/**
 * Sends messages, has them consumed one by one, and reads the replies: a test of single handlers.
 *
 * It has a reply channel as a connection has one, and no connection. The test has to be made with
 * `worker: 'by hand'`.
 */
export class Client {
  /** Is the name of the channel that replies to this client come on. */
  readonly replyChannel = `test-client.${randomBytes(9).toString('base64url')}!reply`;

  /** @param alias is that of the layer it works with; `default` if absent */
  constructor(
    protected readonly host: ClientHost,
    protected readonly alias?: string,
  ) {}

  /** Sends a message that is answered to this client, unless its content says otherwise. */
  async send(channel: string, content: object = {}): Promise<void> {
    const message = { reply_channel: this.replyChannel, ...content };
    await this.host.channels.channel(channel, this.alias).send(message);
  }

  /**
   * Has the next message of a channel handled to its end, as a worker does it.
   *
   * Resolves with what the handler returned, when all it sent has gone out, and rejects with what it
   * threw; `DenyConnection` and `CloseConnection` are decisions, which {@link receive} shows, and
   * resolve with undefined.
   *
   * @param options `require: false` resolves with undefined where nothing waits or nothing is routed
   * @throws MissingMessage `CHANNELS_TEST_MESSAGE_MISSING`
   * @throws WorkerRunning `CHANNELS_TEST_WORKER_RUNNING`
   */
  async consume(channel: string, { require = true }: Requirement = {}): Promise<unknown> {
    const handled = await this.host.hand.consume(channel, this.alias);
    if (!handled && require) throw new MissingMessage(`No message waits on ${channel}`);
    if (handled?.ending === 'unrouted' && require) {
      throw new MissingMessage(`No route matches the message on ${channel}`);
    }
    if (handled?.ending === 'threw' && !isDecision(handled.error)) throw handled.error;
    return handled?.value;
  }

  /** Sends a message and has it handled; see {@link consume}. */
  async sendAndConsume(channel: string, content: object = {}): Promise<unknown> {
    await this.send(channel, content);
    return this.consume(channel);
  }

  /** Takes the content of the next reply to this client; undefined when there is none. */
  async receive(): Promise<unknown> {
    const name = nonLocalName(this.replyChannel);
    let reply = (await this.#take(name))?.content;
    while (reply && isForServer(reply)) reply = (await this.#take(name))?.content;
    return reply;
  }

  /**
   * Takes the next message of a channel without having it handled; undefined when there is none.
   *
   * @param options `require: true` throws then
   * @throws MissingMessage `CHANNELS_TEST_MESSAGE_MISSING`
   */
  async getNextMessage(
    channel: string,
    { require = false }: Requirement = {},
  ): Promise<Message | undefined> {
    const taken = await this.#take(channel);
    if (taken) return new Message(taken);
    if (require) throw new MissingMessage(`No message waits on ${channel}`);
    return undefined;
  }

  /** Adds the reply channel of this client to a group. */
  async joinGroup(group: string): Promise<void> {
    await this.host.channels.group(group, this.alias).add(this.replyChannel);
  }

  async #take(name: string): Promise<{ channel: string; content: Content } | undefined> {
    // Takes what is there: the wait for more is over as soon as it begins.
    const wait = new AbortController();
    const receiving = this.host.layer(this.alias).receive([name], { signal: wait.signal });
    wait.abort();
    const [received] = await receiving;
    return received && { channel: received.channels[0], content: received.content };
  }
}

/** A worker tells interface servers how far it is; a client never sees that. */
function isForServer(reply: Content): boolean {
  return 'settled' in reply || 'ordered' in reply;
}

function isDecision(error: unknown): boolean {
  return error instanceof DenyConnection || error instanceof CloseConnection;
}
