import type { Content } from '@nest-channels/core';
import { snapshot } from '@nest-channels/core';
import type { HousingLine, Speak } from '../server/housing.js';
import type { Residence } from './residence.js';
import { Resident, type ResidentHost } from './resident.js';
import type { ResidentStatistics } from './resident-statistics.js';

const TAKEN = Promise.resolve();

/** Are the parts of a {@link ResidentLine}. */
export interface ResidentLineParts {
  readonly residences: readonly Residence[];
  readonly speak: Speak;
  readonly host: Omit<ResidentHost, 'speak' | 'gone'>;
  /** Forgets a reply channel: whatever it was added to last, it leaves all groups. */
  closeChannel(replyChannel: string): void;
}

/** Leads the messages of connections to their residents, and what these say back. */
export class ResidentLine implements HousingLine {
  readonly #residents = new Map<string, Resident>();
  readonly #host: ResidentHost;
  #idlers: (() => void)[] = [];

  constructor(private readonly parts: ResidentLineParts) {
    const gone = (resident: Resident): void => this.#forget(resident);
    this.#host = { ...parts.host, speak: parts.speak, gone };
  }

  /** Counts what became of messages since the start, and who is there, runs and waits now. */
  statistics(): ResidentStatistics {
    const { runs, journal } = this.parts.host;
    const all = [...this.#residents.values()];
    return {
      ...journal.tally.counts,
      residents: all.length,
      running: runs.running,
      waiting: all.reduce((sum, { waiting }) => sum + waiting, 0),
    };
  }

  houses(handshake: object): boolean {
    return this.#residenceOf(handshake as Content) !== undefined;
  }

  send(channel: string, content: Content): Promise<void> {
    if (channel === 'websocket.connect') return this.#arrive(content);
    const resident = this.#residents.get(content['reply_channel'] as string);
    if (channel === 'websocket.disconnect') return resident?.leave(content) ?? TAKEN;
    resident?.take(channel, content);
    return TAKEN;
  }

  tell(replyChannel: string, event: Content): boolean {
    const resident = this.#residents.get(replyChannel);
    // Its handlers may do with it what they want: others get the same event.
    resident?.tell(snapshot(event));
    return resident !== undefined;
  }

  refused(replyChannel: string): void {
    void this.#residents.get(replyChannel)?.leaveRefused();
  }

  idle(): Promise<void> {
    if (this.#residents.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idlers.push(resolve));
  }

  close(): void {
    this.parts.host.runs.close();
  }

  #arrive(connect: Content): Promise<void> {
    const residence = this.#residenceOf(connect);
    const params = residence?.admit(connect);
    if (!residence || !params) return TAKEN;
    const resident = new Resident(residence, connect, params, this.#host);
    this.#residents.set(resident.replyChannel, resident);
    resident.arrive();
    return TAKEN;
  }

  #residenceOf(connect: Content): Residence | undefined {
    return this.parts.residences.find((residence) => residence.admit(connect) !== undefined);
  }

  #forget({ replyChannel }: Resident): void {
    this.#residents.delete(replyChannel);
    this.parts.closeChannel(replyChannel);
    if (this.#residents.size > 0) return;
    for (const resolve of this.#idlers.splice(0)) resolve();
  }
}
