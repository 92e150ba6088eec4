import {
  type Carrier,
  Channel,
  type Content,
  MalformedJson,
  MalformedMessage,
  Message,
  type PendingSend,
  type RouteMatch,
  type Router,
  type SendFailure,
  type SendScope,
  type SendScopes,
} from '@nest-channels/core';
import { type Answers, type Decision, isDecision } from './answers.js';
import { ConsumeLater, MAX_RETRIES } from './control-flow.js';
import { TaskTimeoutExceeded } from './errors.js';
import type { Handler } from './handler.js';
import { Ordering } from './ordering.js';
import type { Journal } from './worker/journal.js';
import type { Run, Runs } from './worker/runs.js';

/** Is what a dispatcher works with, all of one layer. */
export interface DispatcherParts {
  /** Carries replies. */
  readonly layer: Carrier;
  readonly router: Pick<Router<Handler>, 'match' | 'paths'>;
  readonly scopes: SendScopes;
  /** Says when sends of a handler go out: when it ends, unless this is `none`. */
  readonly buffering?: 'none';
  readonly answers: Answers;
  readonly runs: Runs;
  readonly journal: Journal;
}

/** Takes messages to their handlers and turns what comes of it into replies and log lines. */
export class Dispatcher {
  readonly ordering: Ordering;

  constructor(private readonly parts: DispatcherParts) {
    this.ordering = new Ordering(parts.router);
  }

  /**
   * Handles one message to its end, sends included; never rejects, whatever the message is.
   *
   * @param attempt counts the runs for this message from 1
   * @returns the handler's wish to have it again later; without one the message is done with
   */
  async dispatch(
    channel: string,
    content: Content,
    attempt = 1,
  ): Promise<ConsumeLater | undefined> {
    const opensOrder = channel === 'websocket.connect' && this.ordering.covers(content);
    try {
      if (opensOrder) await this.#reply(content, { ordered: true });
      const later = await this.#handle(channel, content, attempt);
      if (later) return later;
    } catch (error) {
      this.parts.journal.poisoned(channel, error);
    }
    if (content['settle'] === true || opensOrder) await this.#settle(content);
    return undefined;
  }

  #handle(channel: string, content: Content, attempt: number): Promise<ConsumeLater | undefined> {
    const { router, runs, journal } = this.parts;
    const match = router.match(channel, content);
    const message = this.#messageOf(channel, content, match);
    const onLost = (send: PendingSend, error: unknown): void =>
      journal.lost(match?.handler, message, send, error);
    if (!match) return this.#inScope(() => this.#unrouted(message), onLost);
    const run = runs.begin({ handler: match.handler, message, attempt });
    return this.#inScope((scope) => this.#run(run, scope), onLost);
  }

  #inScope<T>(work: (scope: SendScope) => Promise<T>, onLost: SendFailure): Promise<T> {
    const { scopes, buffering } = this.parts;
    return buffering === 'none' ? scopes.runUnbuffered(work, onLost) : scopes.run(work, onLost);
  }

  #messageOf(channel: string, content: Content, match?: RouteMatch<Handler>): Message {
    const { layer, scopes } = this.parts;
    const name = content['reply_channel'] ?? undefined;
    if (name !== undefined && typeof name !== 'string') {
      throw new MalformedMessage('its reply_channel is not the name of a channel');
    }
    const replyChannel = name === undefined ? undefined : new Channel(name, layer, scopes);
    return new Message({ channel, content, params: match?.params, replyChannel });
  }

  async #unrouted(message: Message): Promise<undefined> {
    this.parts.journal.unrouted(message, await this.parts.answers.unrouted(message));
  }

  async #run(run: Run, scope: SendScope): Promise<ConsumeLater | undefined> {
    const { runs, journal } = this.parts;
    const { message } = run;
    journal.started(run);
    try {
      const result = await run.result();
      if (message.channel === 'websocket.receive') await message.reply(result);
      journal.finished(run);
      return undefined;
    } catch (error) {
      return await this.#threw(run, scope, error);
    } finally {
      runs.end(run);
    }
  }

  async #threw(run: Run, scope: SendScope, error: unknown): Promise<ConsumeLater | undefined> {
    if (error instanceof ConsumeLater) return this.#postpone(run, scope, error);
    if (isDecision(error)) await this.#decide(run, error);
    else if (error instanceof TaskTimeoutExceeded) await this.#timedOut(run, scope, error);
    else if (isBadFrame(run, error)) await this.#refuseFrame(run, error);
    else await this.#failed(run, error);
    return undefined;
  }

  /** What the run has sent would be sent again by the next one. */
  async #postpone(
    run: Run,
    scope: SendScope,
    later: ConsumeLater,
  ): Promise<ConsumeLater | undefined> {
    scope.discard();
    if (run.attempt > MAX_RETRIES) {
      this.parts.journal.dropped(run);
      await this.parts.answers.dropped(run.message);
      return undefined;
    }
    this.parts.journal.postponed(run, later);
    return later;
  }

  async #decide(run: Run, decision: Decision): Promise<void> {
    const mistake = await this.parts.answers.decide(run.message, decision);
    if (mistake) await this.#failed(run, mistake);
    else this.parts.journal.finished(run);
  }

  async #failed(run: Run, error: unknown): Promise<void> {
    this.parts.journal.failed(run, error);
    await this.parts.answers.failed(run.message, error);
  }

  /** The handler may still run, in its scope: the answer needs one of its own. */
  async #timedOut(run: Run, scope: SendScope, error: TaskTimeoutExceeded): Promise<void> {
    const { journal, scopes } = this.parts;
    const { handler, message } = run;
    scope.abandon(error);
    journal.timedOut(run, error);
    await scopes.run(
      () => this.parts.answers.failed(message, error),
      (send, lost) => journal.lost(handler, message, send, lost),
    );
  }

  /** Closes as RFC 6455 §7.4.1 has it for data that is not what was agreed. */
  async #refuseFrame(run: Run, error: MalformedJson): Promise<void> {
    this.parts.journal.frameRefused(run, error);
    await run.message.close(1007);
  }

  /** Tells the interface server that a message has been handled; it copes when this gets lost. */
  async #settle(content: Content): Promise<void> {
    try {
      await this.#reply(content, { settled: content['order'] });
    } catch (error) {
      this.parts.journal.unsettled(error);
    }
  }

  /** Sends at once: what concerns the connection and not the handler is not in its scope. */
  #reply({ reply_channel: replyChannel }: Content, content: Content): Promise<void> {
    return this.parts.layer.send(replyChannel as string, content);
  }
}

function isBadFrame({ message }: Run, error: unknown): error is MalformedJson {
  return error instanceof MalformedJson && message.channel === 'websocket.receive';
}
