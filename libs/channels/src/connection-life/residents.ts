import { SendScopes } from '@nest-channels/core';
import { Injectable, Logger } from '@nestjs/common';
import { ChannelsSettings } from '../channels-options.js';
import { Channels } from '../channels.js';
import { Layers } from '../layers.js';
import { RoutingTable } from '../routing-table.js';
import type { Housing, HousingLine, Speak } from '../server/housing.js';
import { Journal } from '../worker/journal.js';
import { Runs } from '../worker/runs.js';
import { WorkerEvents } from '../worker/worker-events.js';
import { Tally } from '../worker/worker-statistics.js';
import { ResidentLine } from './resident-line.js';
import { UnknownEvents } from './resident-answers.js';
import type { ResidentStatistics } from './resident-statistics.js';

/** Houses the consumers of life `connection` of an application, while its server runs. */
@Injectable()
export class Residents implements Housing {
  readonly #logger = new Logger(Residents.name);
  #line?: ResidentLine;

  constructor(
    private readonly settings: ChannelsSettings,
    private readonly layers: Layers,
    private readonly channels: Channels,
    private readonly scopes: SendScopes,
    private readonly routes: RoutingTable,
    private readonly events: WorkerEvents,
  ) {}

  /** Counts what became of messages; nothing before the server starts, or without consumers. */
  statistics(): ResidentStatistics {
    const none = { ...new Tally().counts, residents: 0, running: 0, waiting: 0 };
    return this.#line?.statistics() ?? none;
  }

  open(speak: Speak): HousingLine | undefined {
    const { residences } = this.routes;
    if (residences.length === 0) return undefined;
    const { clock, server, worker } = this.settings;
    const layer = this.layers.get(server.layer);
    this.#line = new ResidentLine({
      residences,
      speak,
      host: {
        clock,
        logger: this.#logger,
        scopes: this.scopes,
        journal: new Journal(this.events, Residents.name),
        runs: new Runs(clock, worker.taskTimeoutMs),
        channels: this.channels,
        unknown: new UnknownEvents(this.#logger),
        layer: server.layer,
        maxMessageBytes: layer.maxMessageBytes,
      },
      closeChannel: (name) => {
        layer.closeChannel(name).catch((error: Error) => this.#logger.warn(error.message));
      },
    });
    return this.#line;
  }
}
