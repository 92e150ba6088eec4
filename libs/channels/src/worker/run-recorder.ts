import type { Content, Message, RouteMatch, Router } from '@nest-channels/core';
import type { Handler } from '../handler.js';

type Routes = Pick<Router<Handler>, 'match' | 'covers' | 'paths'>;

/** Is how a run that was recorded ended. */
export interface Outcome {
  readonly ending: 'returned' | 'threw' | 'timedOut' | 'unrouted';
  readonly value?: unknown;
  readonly error?: unknown;
}

/** Records how the handler ends that it is asked for. */
export class RunRecorder implements Routes {
  #outcome: Outcome = { ending: 'unrouted' };

  constructor(private readonly routes: Routes) {}

  /** Is how the last run ended; `unrouted` without one. */
  get outcome(): Outcome {
    return this.#outcome;
  }

  get paths(): Routes['paths'] {
    return this.routes.paths;
  }

  match(channel: string, content: Content): RouteMatch<Handler> | undefined {
    const match = this.routes.match(channel, content);
    if (match) this.#outcome = { ending: 'timedOut' };
    return match && { ...match, handler: this.#recorded(match.handler) };
  }

  covers(channel: string, key: string, content: Content): boolean {
    return this.routes.covers(channel, key, content);
  }

  #recorded(handler: Handler): Handler {
    return { ...handler, run: (message) => this.#run(handler, message) };
  }

  async #run(handler: Handler, message: Message): Promise<unknown> {
    try {
      const value = await handler.run(message);
      this.#outcome = { ending: 'returned', value };
      return value;
    } catch (error) {
      this.#outcome = { ending: 'threw', error };
      throw error;
    }
  }
}
