import {
  ChannelFull,
  type ChannelLayer,
  type Clock,
  type Content,
  delay,
  LayerUnavailable,
} from '@nest-channels/core';

const RETRY_MS = 100;
const PATIENCE_MS = 10_000;

/** Is one message of a connection that has ended. */
export interface LastMessage {
  readonly channel: string;
  readonly content: Content;
}

/** Is what an ended connection has left to say, in order. */
export interface Farewell {
  readonly messages: Promise<readonly LastMessage[]>;
  /** Is told of each message that did not get through. */
  onLost(message: LastMessage, error: Error): void;
}

interface Waiting extends Omit<Farewell, 'messages'> {
  readonly messages: readonly LastMessage[];
  readonly giveUpAt: number;
}

/**
 * Sends what connections leave behind, at last their disconnect.
 *
 * A full channel is waited for, and a layer that is away and certainly has not taken the message.
 *
 * When many end at once their farewells queue up here, each for 10 s at most.
 */
export class Farewells {
  readonly #queue: Waiting[] = [];
  readonly #idlers: (() => void)[] = [];
  #underWay = 0;

  constructor(
    private readonly layer: Pick<ChannelLayer, 'send'>,
    private readonly clock: Clock,
  ) {}

  /** Sends the messages of one connection; never rejects. */
  async say(farewell: Farewell): Promise<void> {
    this.#underWay++;
    const giveUpAt = this.clock.now() + PATIENCE_MS;
    const waiting = { ...farewell, giveUpAt, messages: await farewell.messages };
    const rest = this.#queue.length > 0 ? waiting : await this.#attempt(waiting);
    if (rest && this.#queue.push(rest) === 1) void this.#workOff();
  }

  /** Resolves when all that was said has been taken or lost. */
  idle(): Promise<void> {
    if (this.#underWay === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idlers.push(resolve));
  }

  async #workOff(): Promise<void> {
    while (this.#queue.length > 0) {
      const rest = await this.#attempt(this.#queue[0]);
      if (!rest) {
        this.#queue.shift();
        continue;
      }
      this.#queue[0] = rest;
      await delay(this.clock, RETRY_MS);
    }
  }

  /** Sends until something has to be waited for and returns what is then left to try again. */
  async #attempt(waiting: Waiting): Promise<Waiting | undefined> {
    const { messages, giveUpAt } = waiting;
    for (const [index, message] of messages.entries()) {
      try {
        await this.layer.send(message.channel, message.content);
      } catch (error) {
        const mayRepeat = isWorthWaiting(error) && this.clock.now() < giveUpAt;
        if (mayRepeat) return { ...waiting, messages: messages.slice(index) };
        waiting.onLost(message, error as Error);
      }
    }
    this.#finished();
    return undefined;
  }

  #finished(): void {
    if (--this.#underWay > 0) return;
    for (const resolve of this.#idlers.splice(0)) resolve();
  }
}

/** Tells whether a message was not taken, and may be a little later. */
function isWorthWaiting(error: unknown): boolean {
  if (error instanceof LayerUnavailable) return error.executed === 'no';
  return error instanceof ChannelFull;
}
