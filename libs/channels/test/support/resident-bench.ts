import {
  type Content,
  type Filters,
  ManualClock,
  type Message,
  SendScopes,
} from '@nest-channels/core';
import { Logger } from '@nestjs/common';
import type { Channels } from '../../src/channels.js';
import { Residence } from '../../src/connection-life/residence.js';
import type { ResidentHost } from '../../src/connection-life/resident.js';
import { UnknownEvents } from '../../src/connection-life/resident-answers.js';
import { Journal } from '../../src/worker/journal.js';
import { Runs } from '../../src/worker/runs.js';
import { WorkerEvents } from '../../src/worker/worker-events.js';
import { recordLogs } from './recorded-logs.js';

export const CONNECT: Content = {
  reply_channel: 'server.test!1',
  path: '/rooms/blue',
  order: 0,
};

/** Handles one message of a resident. */
export type Handle = (message: Message, self: object) => unknown;

/** Is all that residents live on, with the test in the place of the server and the application. */
export class ResidentBench {
  readonly clock = new ManualClock();
  readonly logs = recordLogs();
  /** Are the replies to the connections, in order. */
  readonly spoken: Content[] = [];
  /** Are the reply channels of residents that are gone. */
  readonly gone: string[] = [];
  readonly runs = new Runs(this.clock, 60_000);
  readonly host: ResidentHost;

  constructor() {
    const logger = new Logger('Residents');
    this.host = {
      clock: this.clock,
      logger,
      scopes: new SendScopes(this.clock),
      journal: new Journal(new WorkerEvents(), 'Residents'),
      runs: this.runs,
      channels: {} as Channels,
      unknown: new UnknownEvents(logger),
      layer: 'default',
      maxMessageBytes: 1024 * 1024,
      speak: (_channel, reply) => this.spoken.push(reply),
      gone: ({ replyChannel }) => this.gone.push(replyChannel),
    };
  }

  /** Makes a class from what handles each channel; those of `parallel` run two at once. */
  residence(
    handlers: Readonly<Record<string, Handle>>,
    more: { create?: () => Promise<object>; parallel?: string; filters?: Filters } = {},
  ): Residence {
    const place = { limit: 2 };
    const routes = Object.entries(handlers).map(([channel, handle]) => ({
      channels: [channel],
      filters: more.filters ?? {},
      handler: {
        label: `Test.${channel}`,
        run: async (self: object, message: Message) => handle(message, self),
        ...(more.parallel === channel && { place }),
      },
    }));
    return new Residence({
      label: 'Test',
      options: { path: '/rooms/:room' },
      routes,
      create: more.create ?? (async () => ({})),
      around: (_message, next) => next(),
    });
  }
}
