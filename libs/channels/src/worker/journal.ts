import { type Message, type PendingSend, reasonOf } from '@nest-channels/core';
import { Logger } from '@nestjs/common';
import { statusOf } from '../answers.js';
import { type ConsumeLater, MAX_RETRIES } from '../control-flow.js';
import type { Handler } from '../handler.js';
import { placeOf } from '../message-place.js';
import type { Run } from './runs.js';
import type { EndedEvent, RunEvent, WorkerEvents } from './worker-events.js';
import { Tally } from './worker-statistics.js';

/**
 * Records what becomes of messages: in counts, in events, and in the log.
 *
 * Nothing of it throws, whatever the message and the error are and whoever writes the log.
 */
export class Journal {
  readonly tally = new Tally();
  readonly #logger: Logger;

  constructor(
    private readonly events: WorkerEvents,
    context = 'Worker',
  ) {
    this.#logger = new Logger(context);
  }

  started(run: Run): void {
    if (this.events.hasListeners) this.events.emit({ type: 'started', ...eventOf(run) });
  }

  finished(run: Run): void {
    this.tally.count('handled');
    if (this.events.hasListeners) this.events.emit({ type: 'finished', ...endOf(run) });
  }

  failed(run: Run, error: unknown): void {
    this.tally.count('failed');
    const status = statusOf(error);
    // Nest has logged the stack of anything but an HTTP exception by now.
    if (status >= 500) this.#say('error', () => `${whatOf(run)} failed: ${reasonOf(error)}`);
    else this.#say('warn', () => `${whatOf(run)} refused with ${status}: ${reasonOf(error)}`);
    this.#tellFailed(run, error);
  }

  /** Is for a client's mistake, which is none of the handler's. */
  frameRefused(run: Run, error: unknown): void {
    this.tally.count('failed');
    this.#say('warn', () => `${whatOf(run)} closed with 1007: ${reasonOf(error)}`);
    this.#tellFailed(run, error);
  }

  timedOut(run: Run, error: unknown): void {
    this.tally.count('timedOut');
    this.#say('error', () => `${whatOf(run)} timed out: ${reasonOf(error)}`);
    this.#tellFailed(run, error);
  }

  postponed(run: Run, { delayMs }: ConsumeLater): void {
    this.tally.count('postponed');
    if (this.events.hasListeners) this.events.emit({ type: 'postponed', delayMs, ...endOf(run) });
  }

  dropped(run: Run): void {
    this.tally.count('dropped');
    this.#say('warn', () => `${whatOf(run)} was postponed more than ${MAX_RETRIES} times: dropped`);
    if (this.events.hasListeners) this.events.emit({ type: 'dropped', ...endOf(run) });
  }

  unrouted(message: Message, outcome: 'dropped' | 'refused with 404' | undefined): void {
    this.tally.count('unrouted');
    const what = (): string => `No route matches ${placeOf(message)}: ${outcome}`;
    if (outcome === 'dropped') this.#say('error', what);
    else if (outcome) this.#say('warn', what);
    const { channel } = message;
    if (this.events.hasListeners) this.events.emit({ type: 'unrouted', channel, message });
  }

  poisoned(channel: string, error: unknown): void {
    this.tally.count('poisoned');
    this.#say('error', () => `A message on ${channel} was dropped: ${reasonOf(error)}`);
    if (this.events.hasListeners) this.events.emit({ type: 'poisoned', channel, error });
  }

  lost(handler: Handler | undefined, message: Message, send: PendingSend, error: unknown): void {
    const where = `${handler?.label ?? 'No handler'} on ${placeOf(message)}`;
    this.#say('error', () => `${where} lost a message to ${send.target}: ${reasonOf(error)}`);
  }

  unsettled(error: unknown): void {
    this.#say('debug', () => `Cannot settle a frame: ${reasonOf(error)}`);
  }

  #say(level: 'error' | 'warn' | 'debug', text: () => string): void {
    try {
      this.#logger[level](text());
    } catch {
      process.emitWarning(`The worker cannot log a line of level "${level}"`);
    }
  }

  #tellFailed(run: Run, error: unknown): void {
    if (this.events.hasListeners) this.events.emit({ type: 'failed', error, ...endOf(run) });
  }
}

function whatOf({ handler, message }: Run): string {
  return `${handler.label} on ${placeOf(message)}`;
}

function eventOf({ handler, message, attempt }: Run): RunEvent {
  return { channel: message.channel, handler: handler.label, message, attempt };
}

function endOf(run: Run): EndedEvent {
  return { ...eventOf(run), durationMs: run.durationMs };
}
