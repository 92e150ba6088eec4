import {
  type ChannelStatistics,
  type Clock,
  type DropReason,
  type LayerStatistics,
  RateMeter,
} from '@nest-channels/core';

/** Is how many channels are counted one by one; the ones used longest ago are forgotten. */
const CHANNELS_LIMIT = 10_000;

class ChannelTraffic {
  readonly sent = new RateMeter();
  readonly full = new RateMeter();
  pending = 0;
  /** Counts what was taken out, to compare with an earlier moment. */
  taken = 0;
  /** Is when the oldest that waits was sent, by the clock of the layer. */
  oldestAt = 0;
}

/**
 * Counts the traffic of one handle on Redis.
 *
 * What waits is known as of the last look of this process: the answer to a send tells how many
 * there are, and what it receives itself is taken off.
 */
export class Traffic {
  readonly #channels = new Map<string, ChannelTraffic>();
  readonly #sent = new RateMeter();
  readonly #full = new RateMeter();
  readonly #dropped: Record<DropReason, number> = { full: 0, expired: 0, closed: 0, resilience: 0 };
  #received = 0;
  #pending = 0;

  constructor(private readonly clock: Clock) {}

  /** Counts how many were taken out of a channel so far. */
  taken(name: string): number {
    return this.#channels.get(name)?.taken ?? 0;
  }

  /**
   * Counts an accepted message, after which so many waited.
   *
   * What was taken out since the request began, such as the message itself, waits no more.
   */
  accepted(name: string, waited: number, takenBefore = this.taken(name)): void {
    const now = this.clock.now();
    const channel = this.#of(name);
    const pending = Math.max(0, waited - (channel.taken - takenBefore));
    this.#sent.add(1, now);
    channel.sent.add(1, now);
    if (channel.pending === 0 || pending === 1) channel.oldestAt = now;
    this.#pends(channel, pending);
  }

  /** Counts a refused send, or a group send that found a reader full. */
  refused(name: string, messages: number): void {
    const now = this.clock.now();
    this.#full.add(1, now);
    this.#of(name).full.add(1, now);
    this.#dropped.full += messages;
  }

  received(name: string): void {
    this.#received++;
    this.#took(name, 1);
  }

  /** Counts messages that ended unread, for a reason. */
  dropped(name: string, reason: DropReason, messages: number): void {
    this.#dropped[reason] += messages;
    this.#took(name, messages);
  }

  /** Counts all that waits, in some channels or in all, as lost. */
  cleared(isGone: (name: string) => boolean = () => true): void {
    for (const [name, channel] of this.#channels) {
      if (!isGone(name)) continue;
      this.#dropped.closed += channel.pending;
      this.#pends(channel, 0);
    }
  }

  ofLayer(): LayerStatistics {
    const now = this.clock.now();
    const ages = Array.from(this.#channels.values(), (channel) => ageOf(channel, now));
    return {
      messagesCount: this.#sent.total,
      messagesCountPerSecond: this.#sent.perSecond(now),
      messagesPending: this.#pending,
      messagesMaxAgeMs: ages.reduce((oldest, age) => Math.max(oldest, age), 0),
      channelFullCount: this.#full.total,
      channelFullCountPerSecond: this.#full.perSecond(now),
      messagesReceived: this.#received,
      dropped: { ...this.#dropped },
    };
  }

  ofChannel(name: string): ChannelStatistics {
    const now = this.clock.now();
    const channel = this.#channels.get(name) ?? new ChannelTraffic();
    return {
      messagesCount: channel.sent.total,
      messagesCountPerSecond: channel.sent.perSecond(now),
      messagesPending: channel.pending,
      messagesMaxAgeMs: ageOf(channel, now),
      channelFullCount: channel.full.total,
      channelFullCountPerSecond: channel.full.perSecond(now),
    };
  }

  #took(name: string, messages: number): void {
    const channel = this.#of(name);
    channel.taken += messages;
    this.#pends(channel, Math.max(0, channel.pending - messages));
  }

  #pends(channel: ChannelTraffic, pending: number): void {
    this.#pending += pending - channel.pending;
    channel.pending = pending;
  }

  #of(name: string): ChannelTraffic {
    const known = this.#channels.get(name);
    if (known) return known;
    const channel = new ChannelTraffic();
    this.#channels.set(name, channel);
    if (this.#channels.size > CHANNELS_LIMIT) this.#forgetFirst();
    return channel;
  }

  #forgetFirst(): void {
    for (const [name, channel] of this.#channels) {
      this.#pends(channel, 0);
      this.#channels.delete(name);
      return;
    }
  }
}

function ageOf(channel: ChannelTraffic, now: number): number {
  return channel.pending > 0 ? now - channel.oldestAt : 0;
}
