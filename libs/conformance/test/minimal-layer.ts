import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import {
  assertReceivableName,
  assertSingleReaderPattern,
  CapacityRules,
  type ChannelLayer,
  ChannelFull,
  type Clock,
  type Content,
  type LayerEvents,
  type LayerExtension,
  LayerUnavailable,
  nonLocalName,
  type Received,
  type ReceiveOptions,
} from '@nest-channels/core';
import type { LayerLimits } from '@nest-channels/conformance';

interface Waiting extends Received {
  readonly deadline: number;
  readonly arrival: number;
}

interface Receiver {
  readonly channels: readonly string[];
  readonly end: (messages: Received[]) => void;
}

/** Is the least a layer can be: one process, no extension. */
export class MinimalLayer implements ChannelLayer {
  readonly name = 'minimal';
  readonly reach = 'process';
  readonly extensions: ReadonlySet<LayerExtension> = new Set();
  readonly maxMessageBytes = 1_048_576;
  readonly events: LayerEvents = new EventEmitter();

  readonly #capacity: CapacityRules;
  readonly #queues = new Map<string, Waiting[]>();
  // A set keeps the line: whoever came first is served first, whoever aborts leaves no gap.
  readonly #receivers = new Set<Receiver>();
  #arrivals = 0;
  #isClosed = false;

  constructor(
    private readonly limits: LayerLimits,
    private readonly clock: Clock,
  ) {
    this.#capacity = new CapacityRules(limits);
  }

  async send(channel: string, content: Content): Promise<void> {
    this.#assertOpen();
    const name = nonLocalName(channel);
    const queue = this.#queue(name);
    const capacity = this.#capacity.of(name);
    if (queue.length >= capacity) {
      this.#tell(() => this.events.emit('full', { channel: name, capacity, messages: 1 }));
      throw new ChannelFull(name, capacity);
    }
    const deadline = this.clock.now() + this.limits.expiryMs;
    queue.push({ channels: [channel], content, deadline, arrival: this.#arrivals++ });
    this.#queues.set(name, queue);
    this.#serve(name);
  }

  async receive(channels: readonly string[], options: ReceiveOptions): Promise<Received[]> {
    this.#assertOpen();
    for (const channel of channels) assertReceivableName(channel);
    if (options.signal.aborted) return [];
    const messages = this.#take(channels, options.max ?? 1);
    return messages.length > 0 ? messages : this.#wait(channels, options.signal);
  }

  async newChannel(pattern: string): Promise<string> {
    this.#assertOpen();
    assertSingleReaderPattern(pattern);
    return pattern + randomBytes(16).toString('base64url');
  }

  async closeChannel(): Promise<void> {
    // Without groups there is nothing that a closed channel could leave.
    this.#assertOpen();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#queues.clear();
    for (const receiver of this.#receivers) receiver.end([]);
  }

  /** Returns what waits, without what has expired: so it is checked whenever it matters. */
  #queue(name: string): Waiting[] {
    const all = this.#queues.get(name) ?? [];
    const now = this.clock.now();
    const fresh = all.filter(({ deadline }) => deadline > now);
    if (fresh.length === all.length) return all;
    this.#store(name, fresh);
    const messages = all.length - fresh.length;
    this.#tell(() => this.events.emit('expired', { channel: name, messages }));
    return fresh;
  }

  /** Takes what arrived first over all these channels, so that none of them can starve. */
  #take(channels: readonly string[], max: number): Received[] {
    const waiting = channels.flatMap((name) => this.#queue(name));
    const taken = waiting.toSorted((a, b) => a.arrival - b.arrival).slice(0, max);
    for (const name of channels) {
      this.#store(
        name,
        this.#queue(name).filter((message) => !taken.includes(message)),
      );
    }
    return taken.map(({ channels: sentTo, content }) => ({ channels: sentTo, content }));
  }

  /** Keeps no memory for channels that nobody uses any more. */
  #store(name: string, queue: Waiting[]): void {
    if (queue.length > 0) this.#queues.set(name, queue);
    else this.#queues.delete(name);
  }

  #wait(channels: readonly string[], signal: AbortSignal): Promise<Received[]> {
    return new Promise((resolve) => {
      const end = (messages: Received[]): void => {
        this.#receivers.delete(receiver);
        signal.removeEventListener('abort', abort);
        resolve(messages);
      };
      const abort = (): void => end([]);
      const receiver: Receiver = { channels, end };
      signal.addEventListener('abort', abort);
      this.#receivers.add(receiver);
    });
  }

  /** Hands over in the turn of the sender: no moment in which an abort could lose a message. */
  #serve(name: string): void {
    for (const receiver of this.#receivers) {
      if (receiver.channels.includes(name)) return receiver.end(this.#take([name], 1));
    }
  }

  #tell(emit: () => void): void {
    try {
      emit();
    } catch (error) {
      process.emitWarning(`A listener of a layer event threw: ${String(error)}`);
    }
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new LayerUnavailable('The minimal layer is closed.');
  }

  // What is not declared is never called.
  readonly groupAdd = notOffered;
  readonly groupDiscard = notOffered;
  readonly groupSend = notOffered;
  readonly groupChannels = notOffered;
  readonly flush = notOffered;
  readonly statistics = notOffered;
  readonly channelStatistics = notOffered;
  readonly subscribe = notOffered;
}

function notOffered(): never {
  throw new Error('The minimal layer declares no extension.');
}
