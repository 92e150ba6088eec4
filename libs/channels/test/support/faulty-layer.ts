import {
  type ChannelLayer,
  type ChannelStatistics,
  type Clock,
  type Content,
  type LayerEvents,
  type LayerExtension,
  type LayerStatistics,
  memoryLayer,
  type MemoryLayerOptions,
  type Received,
  type ReceiveOptions,
  type Subscription,
} from '@nest-channels/core';
import { Inbox } from './inbox.js';

/** Is awaited before a call goes through; it rejects for a call that has to fail. */
export type Fault = (channel: string) => Promise<void>;

/** Is a memory layer whose calls a test can make fail or wait. */
export class FaultyLayer implements ChannelLayer {
  readonly name = 'faulty';
  readonly reach = 'process';
  readonly extensions: ReadonlySet<LayerExtension>;
  readonly maxMessageBytes: number;
  readonly events: LayerEvents;
  readonly faults: { send?: Fault; receive?: Fault; closeChannel?: Fault } = {};
  /** Collects the channels of each `receive`, failed ones included. */
  readonly receives = new Inbox<readonly string[]>();
  /** Are the most messages that each `receive` asked for. */
  readonly maxima: (number | undefined)[] = [];
  /** Collects the names that were closed. */
  readonly closed = new Inbox<string>();
  readonly #memory: ChannelLayer;

  constructor(clock: Clock, options: MemoryLayerOptions = {}) {
    this.#memory = memoryLayer({ clock, ...options });
    this.extensions = this.#memory.extensions;
    this.maxMessageBytes = this.#memory.maxMessageBytes;
    this.events = this.#memory.events;
  }

  async send(channel: string, content: Content): Promise<void> {
    await this.faults.send?.(channel);
    return this.#memory.send(channel, content);
  }

  async receive(channels: readonly string[], options: ReceiveOptions): Promise<Received[]> {
    this.receives.push(channels);
    this.maxima.push(options.max);
    if (this.faults.receive) await this.faults.receive(channels[0]);
    return this.#memory.receive(channels, options);
  }

  subscribe(channels: readonly string[], listener: (message: Received) => void): Subscription {
    return this.#memory.subscribe(channels, listener);
  }

  channelStatistics(channel: string): ChannelStatistics {
    return this.#memory.channelStatistics(channel);
  }

  newChannel(pattern: string): Promise<string> {
    return this.#memory.newChannel(pattern);
  }

  async closeChannel(channel: string): Promise<void> {
    this.closed.push(channel);
    await this.faults.closeChannel?.(channel);
    return this.#memory.closeChannel(channel);
  }

  groupAdd(group: string, channel: string): Promise<void> {
    return this.#memory.groupAdd(group, channel);
  }

  groupDiscard(group: string, channel: string): Promise<void> {
    return this.#memory.groupDiscard(group, channel);
  }

  groupSend(group: string, content: Content): Promise<void> {
    return this.#memory.groupSend(group, content);
  }

  groupChannels(group: string): Promise<string[]> {
    return this.#memory.groupChannels(group);
  }

  flush(): Promise<void> {
    return this.#memory.flush();
  }

  statistics(): LayerStatistics {
    return this.#memory.statistics();
  }

  close(): Promise<void> {
    return this.#memory.close();
  }
}
