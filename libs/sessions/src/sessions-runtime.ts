import type { Message } from '@nest-channels/core';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { type WorkerEvent, WorkerEvents, InvalidConfiguration } from 'nest-channels';
import { noticeDestroys } from './destroy-notices.js';
import { Revocation } from './revocation.js';
import { SessionWatch } from './session-watch.js';
import { Sessions } from './sessions.js';
import { SessionsSettings } from './sessions-options.js';

/** Are the ways in which a worker is done with a message. */
const ENDINGS: ReadonlySet<WorkerEvent['type']> = new Set([
  'finished',
  'failed',
  'dropped',
  'unrouted',
]);

/** Hears of sessions that are destroyed and of connections that are over, while the application runs. */
@Injectable()
export class SessionsRuntime implements OnModuleInit, OnApplicationShutdown {
  #stops: (() => void)[] = [];
  readonly #removals = new Set<Promise<void>>();

  constructor(
    private readonly settings: SessionsSettings,
    private readonly sessions: Sessions,
    private readonly revocation: Revocation,
    private readonly watch: SessionWatch,
    private readonly events: WorkerEvents,
  ) {}

  /** @throws InvalidConfiguration `CHANNELS_CONFIG_INVALID` */
  onModuleInit(): void {
    const problems = this.settings.problems();
    if (problems.length > 0) throw new InvalidConfiguration(problems);
    const { store, locks } = this.settings;
    this.#stops = [
      noticeDestroys(store, locks, (id) => this.revocation.notice(id)),
      this.events.listen((event) => this.#hear(event)),
      () => this.watch.close(),
    ];
  }

  /** Leaves nothing to do: whoever stops the application may close its store next. */
  async onApplicationShutdown(): Promise<void> {
    for (const stop of this.#stops) stop();
    await Promise.all(this.#removals);
  }

  #hear(event: WorkerEvent): void {
    if (!ENDINGS.has(event.type) || !('message' in event)) return;
    if (event.channel === 'websocket.disconnect') void this.#remove(event.message);
  }

  async #remove(message: Message): Promise<void> {
    const removal = this.sessions.removeChannel(message);
    this.#removals.add(removal);
    await removal;
    this.#removals.delete(removal);
  }
}
