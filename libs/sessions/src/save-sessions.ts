import type { Message } from '@nest-channels/core';
import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import {
  ChannelsExecutionContext,
  CloseConnection,
  ConsumeLater,
  DenyConnection,
} from 'nest-channels';
import { lastValueFrom, type Observable, of } from 'rxjs';
import { type SaveOutcome, Sessions } from './sessions.js';

/** Is over how long runs that met each other are spread when they are repeated. */
const RETRY_WITHIN_MS = 30;

/**
 * Saves, when a handler has ended, what it changed in its sessions.
 *
 * The session of the connection is saved also when the handler threw, the HTTP session only when it
 * succeeded or decided with `CloseConnection` or `DenyConnection`. A run that is postponed leaves
 * nothing behind. Where another handler has changed the same keys meanwhile nothing is saved
 * either: the message is handled again, with what is there now.
 */
@Injectable()
export class SaveSessions implements NestInterceptor {
  constructor(private readonly sessions: Sessions) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const message = ChannelsExecutionContext.create(context).getMessage();
    const handle = (): Promise<unknown> =>
      lastValueFrom(next.handle(), { defaultValue: undefined });
    return of(await this.around(message, handle));
  }

  /** Runs what handles a message, and saves what it changed. */
  async around(message: Message, handle: () => Promise<unknown>): Promise<unknown> {
    let result: unknown;
    try {
      result = await handle();
    } catch (error) {
      await this.#saveAfter(message, error);
      throw error;
    }
    retryUnless(await this.sessions.saveHttp(message));
    retryUnless(await this.sessions.saveChannel(message));
    return result;
  }

  async #saveAfter(message: Message, error: unknown): Promise<void> {
    if (error instanceof ConsumeLater) return;
    const isDenied = error instanceof DenyConnection;
    if (isDenied || error instanceof CloseConnection) await this.sessions.saveHttp(message);
    // There is no connection that could have a session.
    if (!isDenied) await this.sessions.saveChannel(message);
  }
}

function retryUnless(outcome: SaveOutcome): void {
  if (outcome === 'saved') return;
  throw new ConsumeLater({ delayMs: 1 + Math.floor(Math.random() * RETRY_WITHIN_MS) });
}
