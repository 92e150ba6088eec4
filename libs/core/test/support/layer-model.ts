import { nonLocalName } from '@nest-channels/core';

/** Is a message as the model knows it: by its number. */
export interface ModelMessage {
  readonly id: number;
  readonly channels: readonly string[];
  readonly deadline: number;
  readonly arrival: number;
}

/** Are the limits that the model and the layer share. */
export interface ModelLimits {
  readonly capacity: number;
  readonly mailboxCapacity: number;
  readonly expiryMs: number;
  readonly groupExpiryMs: number;
}

/** Is a receive or a subscription: what it was given, and whether it is over. */
export interface ModelReader {
  readonly channels: readonly string[];
  readonly isStanding: boolean;
  readonly got: Pick<ModelMessage, 'id' | 'channels'>[];
  isOver: boolean;
}

/** Is what a layer has to do, in the simplest way that can be written down. */
export class LayerModel {
  now = 0;
  readonly channels = new Map<string, ModelMessage[]>();
  readonly groups = new Map<string, Map<string, number>>();
  readonly readers: ModelReader[] = [];
  /** Are those who wait, first come, first served. */
  line: ModelReader[] = [];
  readonly counts = { accepted: 0, received: 0, full: 0, expired: 0, closed: 0 };
  #arrivals = 0;

  constructor(readonly limits: ModelLimits) {}

  /** Sends to the channels behind one name; says whether they were accepted. */
  send(id: number, channels: readonly string[], arrival = this.#arrivals++): boolean {
    const name = nonLocalName(channels[0]);
    const queue = this.queue(name);
    const first = this.line.find((reader) => reader.channels.includes(name));
    if (!first && queue.length >= this.capacityOf(name)) {
      this.counts.full += channels.length;
      return false;
    }
    this.counts.accepted++;
    const deadline = this.now + this.limits.expiryMs;
    const message = { id, channels, deadline, arrival };
    if (first) this.#serve(first, message);
    else queue.push(message);
    return true;
  }

  /** Sends to the members in the order they are listed; it arrives at all of them at once. */
  groupSend(id: number, group: string, listed: readonly string[]): void {
    const members = listed.filter((member) => this.members(group).includes(member));
    const arrival = this.#arrivals++;
    for (const name of new Set(members.map(nonLocalName))) {
      const behind = members.filter((member) => nonLocalName(member) === name);
      this.send(id, behind, arrival);
    }
  }

  receive(channels: readonly string[], max: number): ModelReader {
    const reader: ModelReader = { channels, isStanding: false, got: [], isOver: false };
    this.readers.push(reader);
    this.#take(reader, max);
    if (reader.got.length > 0) reader.isOver = true;
    else this.line.push(reader);
    return reader;
  }

  subscribe(channels: readonly string[]): ModelReader {
    const reader: ModelReader = { channels, isStanding: true, got: [], isOver: false };
    this.readers.push(reader);
    this.resume(reader);
    return reader;
  }

  resume(reader: ModelReader): void {
    if (reader.isOver || this.line.includes(reader)) return;
    this.#take(reader, Infinity);
    this.line.push(reader);
  }

  pause(reader: ModelReader): void {
    this.line = this.line.filter((other) => other !== reader);
  }

  /** Ends a receive that waits, or a subscription. */
  end(reader: ModelReader): void {
    reader.isOver = true;
    this.pause(reader);
  }

  groupAdd(group: string, channel: string): void {
    const members = this.groups.get(group) ?? new Map<string, number>();
    this.groups.set(group, members.set(channel, this.now + this.limits.groupExpiryMs));
  }

  groupDiscard(group: string, channel: string): void {
    this.groups.get(group)?.delete(channel);
  }

  discardEverywhere(channel: string): void {
    for (const members of this.groups.values()) members.delete(channel);
  }

  members(group: string): string[] {
    const members = [...(this.groups.get(group) ?? [])];
    return members.filter(([, deadline]) => deadline > this.now).map(([channel]) => channel);
  }

  advance(ms: number): void {
    this.now += ms;
    for (const [name, queue] of this.channels) {
      const over = queue.filter(({ deadline }) => deadline <= this.now);
      this.counts.expired += over.length;
      for (const channel of over.flatMap(({ channels }) => channels)) {
        this.discardEverywhere(channel);
      }
      this.channels.set(
        name,
        queue.filter((message) => !over.includes(message)),
      );
    }
  }

  flush(): void {
    this.counts.closed += this.pending;
    this.channels.clear();
    this.groups.clear();
  }

  get pending(): number {
    return [...this.channels.values()].flat().length;
  }

  queue(name: string): ModelMessage[] {
    if (!this.channels.has(name)) this.channels.set(name, []);
    return this.channels.get(name)!;
  }

  capacityOf(name: string): number {
    return name.endsWith('!') ? this.limits.mailboxCapacity : this.limits.capacity;
  }

  #serve(reader: ModelReader, { id, channels }: ModelMessage): void {
    this.counts.received++;
    reader.got.push({ id, channels });
    if (!reader.isStanding) return this.end(reader);
    this.line = [...this.line.filter((other) => other !== reader), reader];
  }

  #take(reader: ModelReader, max: number): void {
    const waiting = reader.channels.flatMap((name) => this.queue(name));
    const taken = waiting.toSorted((a, b) => a.arrival - b.arrival).slice(0, max);
    for (const message of taken) {
      this.queue(nonLocalName(message.channels[0])).shift();
      reader.got.push({ id: message.id, channels: message.channels });
    }
    this.counts.received += taken.length;
  }
}
