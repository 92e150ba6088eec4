import {
  type Captures,
  type Carrier,
  type Clock,
  type Content,
  delay,
  type Message,
  reasonOf,
  type RouteMatch,
  type RoutePath,
  type SendScopes,
  type Timer,
} from '@nest-channels/core';
import type { Logger } from '@nestjs/common';
import type { Channels } from '../channels.js';
import { BaseConsumer } from '../consumers/base-consumer.js';
import { CONTEXT } from '../consumers/consumer-context.js';
import { Dispatcher } from '../dispatcher.js';
import type { Handler } from '../handler.js';
import type { Journal } from '../worker/journal.js';
import type { Runs } from '../worker/runs.js';
import { ConnectionContext } from './connection-context.js';
import type { Residence, ResidentHandler } from './residence.js';
import { ResidentAnswers, type UnknownEvents } from './resident-answers.js';
import { type Turn, Turns } from './turns.js';

/** Is how long handlers may go on after the end of their connection, before its own handler runs. */
export const LEAVE_MS = 10_000;

/** Close code of a connection that never opened (RFC 6455 §7.1.5). */
const ABNORMAL = 1006;

const REFUSAL = { accept: false, status: 500, close: 1011 };

/** Is what all residents of a process share. */
export interface ResidentHost {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly scopes: SendScopes;
  readonly journal: Journal;
  readonly runs: Runs;
  readonly channels: Channels;
  readonly unknown: UnknownEvents;
  /** Is the alias of the layer that connections speak over. */
  readonly layer: string;
  readonly maxMessageBytes: number;
  /** Carries out what a resident says to its connection. */
  speak(replyChannel: string, reply: Content): void;
  /** Is called once, when nothing of a resident is left. */
  gone(resident: Resident): void;
}

interface Task extends Turn {
  readonly channel: string;
  readonly content: Content;
  attempt: number;
}

/**
 * Is the consumer of one connection, for as long as that lasts.
 *
 * States: arriving (its instance is being made) → living → leaving (the connection has ended, and
 * what runs is waited for) → gone. Messages have their turns one after another, those of handlers
 * with `@Parallel()` beside them; after a close of its own nothing more is handled but the end.
 */
export class Resident implements Carrier {
  #state: 'arriving' | 'living' | 'leaving' | 'gone' = 'arriving';
  #instance: object = {};
  #wasRefused = false;
  readonly #context: ConnectionContext;
  readonly #dispatcher: Dispatcher;
  readonly #turns = new Turns<Task>((task) => this.#start(task));
  readonly #handlers = new Map<ResidentHandler, Handler>();
  readonly #postponed = new Map<Timer, Task>();

  constructor(
    private readonly residence: Residence,
    private readonly connect: Content,
    private readonly params: Captures,
    private readonly host: ResidentHost,
  ) {
    const { label } = residence;
    const { channels, layer, scopes, runs, journal, unknown } = host;
    const streams = residence.streams();
    this.#context = new ConnectionContext({ label, params, channels, layer, streams });
    const onRefused = (): boolean => (this.#wasRefused = true);
    const answers = new ResidentAnswers({ label, unknown, onRefused });
    const parts = { layer: this, router: this, scopes, answers, runs, journal } as const;
    this.#dispatcher = new Dispatcher({ ...parts, buffering: 'none' });
  }

  get replyChannel(): string {
    return this.connect['reply_channel'] as string;
  }

  /** Counts the messages that wait for their turn, postponed ones included. */
  get waiting(): number {
    return this.#turns.waiting + this.#postponed.size;
  }

  get maxMessageBytes(): number {
    return this.host.maxMessageBytes;
  }

  /** Are none: messages of one resident are in order anyway. */
  get paths(): readonly RoutePath<Handler>[] {
    return [];
  }

  /** Makes the instance and has it handle the connect. */
  arrive(): void {
    this.#turns.add({ channel: 'websocket.connect', content: this.connect, attempt: 1 });
  }

  /** Takes a message that is not the last. */
  take(channel: string, content: Content): void {
    const place = this.#state === 'arriving' ? undefined : this.residence.placeOf(channel, content);
    this.#turns.add({ channel, content, attempt: 1, place });
  }

  /** Takes an event, with the connection's keys beside its own. */
  tell(event: Content): void {
    const { reply_channel, path } = this.connect;
    this.take(event['type'] as string, { ...event, reply_channel, path });
  }

  /** Ends the signal at once, waits for what runs, and then handles the disconnect. */
  async leave(disconnect: Content): Promise<void> {
    if (!(await this.#wait())) return;
    await this.#dispatcher.dispatch('websocket.disconnect', disconnect);
    this.#end();
  }

  /** Does the same without a disconnect, unless it was a failure that refused the connection. */
  async leaveRefused(): Promise<void> {
    if (!(await this.#wait())) return;
    const { reply_channel, path } = this.connect;
    const disconnect = { reply_channel, path, code: ABNORMAL, order: 1 };
    if (this.#wasRefused) await this.#dispatcher.dispatch('websocket.disconnect', disconnect);
    this.#end();
  }

  /** Finds the handler of a message, for the dispatcher. */
  match(channel: string, content: Content): RouteMatch<Handler> | undefined {
    const match = this.residence.match(channel, content);
    if (!match) return undefined;
    // What the handler's own filters captured is rare; the connection's captures are the same object.
    const hasOwn = Object.keys(match.params).length > 0;
    const params = hasOwn ? { ...this.params, ...match.params } : this.params;
    return { handler: this.#handlerOf(match.handler), params };
  }

  /** Carries what its handlers send to the reply channel: to the connection, and to no layer. */
  send(replyChannel: string, reply: Content): Promise<void> {
    this.host.speak(replyChannel, reply);
    if (reply['close'] !== undefined && reply['close'] !== false) this.#turns.close();
    return Promise.resolve();
  }

  #start(task: Task): void {
    if (this.#state === 'arriving') void this.#arrive(task);
    else this.#dispatch(task);
  }

  async #arrive(task: Task): Promise<void> {
    try {
      this.#instance = await this.residence.create();
    } catch (error) {
      this.#unmade(error);
      return this.#turns.end(task);
    }
    if (this.#instance instanceof BaseConsumer) this.#instance[CONTEXT] = this.#context;
    if (this.#state === 'arriving') this.#state = 'living';
    this.#dispatch(task);
  }

  #unmade(error: unknown): void {
    this.host.logger.error(`${this.residence.label} cannot be made: ${reasonOf(error)}`);
    this.#turns.close();
    this.#state = 'gone';
    this.host.speak(this.replyChannel, REFUSAL);
    this.host.gone(this);
  }

  #dispatch(task: Task): void {
    const ended = this.#dispatcher.dispatch(task.channel, task.content, task.attempt);
    void ended.then((later) => {
      if (later && this.#state === 'living') this.#postpone(task, later.delayMs);
      else this.#turns.end(task);
    });
  }

  /** Its place in the row stays taken meanwhile. */
  #postpone(task: Task, delayMs: number): void {
    task.attempt++;
    const timer = this.host.clock.setTimer(() => {
      this.#postponed.delete(timer);
      this.#dispatch(task);
    }, delayMs);
    this.#postponed.set(timer, task);
  }

  #handlerOf(handler: ResidentHandler): Handler {
    const known = this.#handlers.get(handler);
    if (known) return known;
    const { label, timeoutMs } = handler;
    const run = (message: Message): Promise<unknown> => {
      this.#context.begin(message);
      return this.residence.run(handler, this.#instance, message);
    };
    const own = { label, timeoutMs, run };
    this.#handlers.set(handler, own);
    return own;
  }

  /** Waits until nothing runs, for a while; false if somebody else does already. */
  async #wait(): Promise<boolean> {
    this.#context.end();
    if (this.#state === 'leaving' || this.#state === 'gone') return false;
    this.#state = 'leaving';
    this.#dropPostponed();
    const over = new AbortController();
    const late = delay(this.host.clock, LEAVE_MS, over.signal);
    await Promise.race([this.#turns.idle(), late]);
    over.abort();
    this.#turns.close();
    return true;
  }

  #dropPostponed(): void {
    for (const [timer, task] of this.#postponed) {
      timer.cancel();
      this.#turns.end(task);
    }
    this.#postponed.clear();
  }

  #end(): void {
    this.#state = 'gone';
    this.host.gone(this);
  }
}
