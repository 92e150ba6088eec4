import type { Message } from '@nest-channels/core';
import type { Logger } from '@nestjs/common';
import { Answers, closeCodeOf } from '../answers.js';
import { quote } from '../log-text.js';

/** Is how many types of unknown events are told of, for a process. */
const MAX_TOLD = 100;

/** Tells of each unknown event once. */
export class UnknownEvents {
  readonly #told = new Set<string>();

  constructor(private readonly logger: Pick<Logger, 'warn'>) {}

  /** Logs an event that a class has no handler for, the first time. */
  add(label: string, type: string): void {
    const event = `${label} has no handler for events of type ${quote(type)}`;
    if (this.#told.has(event) || this.#told.size >= MAX_TOLD) return;
    this.#told.add(event);
    this.logger.warn(`${event}: ignored`);
  }
}

/** Are the parts of {@link ResidentAnswers}. */
export interface ResidentAnswersParts {
  /** Names the class. */
  readonly label: string;
  readonly unknown: UnknownEvents;
  /** Is told when a connection was refused because its handler failed. */
  onRefused(): void;
}

/** Is what a client learns when its resident's handler ended otherwise than by returning. */
export class ResidentAnswers extends Answers {
  constructor(private readonly own: ResidentAnswersParts) {
    super({ covers: () => true }, { unrouted: 'deny', onError: 'close' });
  }

  /** Closes whichever handler failed, but for that of the end. */
  override async failed(message: Message, error: unknown): Promise<void> {
    if (message.channel === 'websocket.disconnect') return;
    if (message.channel !== 'websocket.connect') return message.close(closeCodeOf(error));
    this.own.onRefused();
    await super.failed(message, error);
  }

  /** Accepts where nobody decides, and leaves events alone that nobody wants. */
  override async unrouted(message: Message): Promise<'dropped' | 'refused with 404' | undefined> {
    if (message.channel === 'websocket.connect') await message.accept();
    else if (!message.channel.startsWith('websocket.')) {
      this.own.unknown.add(this.own.label, message.channel);
    }
    return undefined;
  }
}
