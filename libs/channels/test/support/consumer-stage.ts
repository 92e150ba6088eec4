import { Channel, Group, memoryLayer, Message, SendScopes, systemClock } from '@nest-channels/core';
import type { Content } from '@nest-channels/core';
import type { BaseConsumer } from '../../src/consumers/base-consumer.js';
import { CALL, CONTEXT, SHAPE } from '../../src/consumers/consumer-context.js';
import { MessageContext } from '../../src/consumers/message-context.js';
import type { Channels } from '../../src/channels.js';

const REPLY = 'server.stage!1';

/** Lets a class-based consumer act without an application, and keeps what it sends. */
export class ConsumerStage {
  readonly layer = memoryLayer();
  readonly #scopes = new SendScopes(systemClock);

  constructor(private readonly consumer: BaseConsumer<object>) {}

  /** Calls a method for a message, and returns its value as the client would get it. */
  async play(channel: string, method: string, content: Content = {}): Promise<unknown> {
    const replyChannel = new Channel(REPLY, this.layer, this.#scopes);
    const params = { room: 'blue' };
    const message = new Message({ channel, content, params, replyChannel });
    this.consumer[CONTEXT] = this.context(message);
    const methods = this.consumer as unknown as Record<string, () => unknown>;
    return this.consumer[SHAPE](await this.consumer[CALL](methods[method], message));
  }

  /** Takes everything that was sent to the connection. */
  async replies(): Promise<Content[]> {
    const { messagesPending: max } = this.layer.statistics();
    if (max === 0) return [];
    const { signal } = new AbortController();
    const received = await this.layer.receive(['server.stage!'], { signal, max });
    return received.map(({ content }) => content);
  }

  members(group: string): Promise<string[]> {
    return this.layer.groupChannels(group);
  }

  private context(message: Message): MessageContext {
    const channels = {
      channel: (name: string) => new Channel(name, this.layer, this.#scopes),
      group: (name: string) => new Group(name, this.layer, this.#scopes),
    } as unknown as Channels;
    const parts = { channels, layer: 'default', stateOf: () => ({}) };
    return new MessageContext(message, parts);
  }
}
