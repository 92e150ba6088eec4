import {
  type ChannelLayer,
  type Clock,
  type Content,
  delay,
  reasonOf,
  type Received,
} from '@nest-channels/core';
import type { Logger } from '@nestjs/common';
import { Breather } from '../breather.js';
import { assertEvent, isEvent } from './event-reader.js';
import { readReply, type Reply } from './reply-reader.js';

const BATCH = 500;
const RECEIVE_RETRY_MS = 1_000;

export interface MailboxParts {
  readonly layer: ChannelLayer;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Hands a reply to one of the channels it is for. */
  deliver(channel: string, reply: Reply): void;
  /** Hands an event to one of the channels it is for; it belongs to all of them. */
  deliverEvent(channel: string, event: Content): void;
}

/** Reads the replies for all connections of a process; survives any reply and a failing layer. */
export class Mailbox {
  readonly #closing = new AbortController();
  #reading: Promise<void> = Promise.resolve();

  constructor(
    private readonly address: string,
    private readonly parts: MailboxParts,
  ) {}

  open(): void {
    this.#reading = this.#read();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#reading;
  }

  async #read(): Promise<void> {
    const { signal } = this.#closing;
    const breather = new Breather(this.parts.clock);
    while (!signal.aborted) {
      for (const received of await this.#receive(signal)) this.#open(received);
      await breather.breathe();
    }
  }

  async #receive(signal: AbortSignal): Promise<Received[]> {
    const { layer, clock, logger } = this.parts;
    try {
      return await layer.receive([this.address], { signal, max: BATCH });
    } catch (error) {
      logger.error(`Cannot receive from the ${layer.name} layer: ${reasonOf(error)}`);
      await delay(clock, RECEIVE_RETRY_MS, signal);
      return [];
    }
  }

  #open({ channels, content }: Received): void {
    try {
      if (isEvent(content)) return this.#openEvent(channels, content);
      const reply = readReply(content);
      for (const channel of channels) this.#deliver(channel, reply);
    } catch (error) {
      this.#logDropped(channels.join(', '), error);
    }
  }

  #openEvent(channels: readonly string[], event: Content): void {
    assertEvent(event);
    for (const channel of channels) this.parts.deliverEvent(channel, event);
  }

  #deliver(channel: string, reply: Reply): void {
    try {
      this.parts.deliver(channel, reply);
    } catch (error) {
      this.#logDropped(channel, error);
    }
  }

  #logDropped(channels: string, error: unknown): void {
    this.parts.logger.error(`Dropped a reply to ${channels}: ${reasonOf(error)}`);
  }
}
