import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@nest-channels/core';
import { Traffic } from '../src/traffic.js';

describe('traffic', () => {
  it('adds up: what was accepted was received, waits or is lost', () => {
    const traffic = new Traffic(new ManualClock());
    for (const waiting of [1, 2, 3]) traffic.accepted('jobs', waiting);
    traffic.received('jobs');
    traffic.dropped('jobs', 'expired', 1);
    expect(traffic.ofLayer()).toMatchObject({
      messagesCount: 3,
      messagesReceived: 1,
      messagesPending: 1,
      dropped: { full: 0, expired: 1, closed: 0, resilience: 0 },
    });
    traffic.cleared();
    expect(traffic.ofLayer()).toMatchObject({ messagesPending: 0, dropped: { closed: 1 } });
  });

  it('knows of a message that was received before its send was answered', () => {
    const traffic = new Traffic(new ManualClock());
    const taken = traffic.taken('jobs');
    traffic.received('jobs');
    traffic.accepted('jobs', 1, taken);
    expect(traffic.ofChannel('jobs').messagesPending).toBe(0);
  });

  it('counts refusals apart, and each member of a group that was missed', () => {
    const traffic = new Traffic(new ManualClock());
    traffic.refused('server!', 3);
    expect(traffic.ofLayer()).toMatchObject({ channelFullCount: 1, dropped: { full: 3 } });
    expect(traffic.ofChannel('server!').channelFullCount).toBe(1);
  });

  it('tells the age of the oldest message that waits', () => {
    const clock = new ManualClock();
    const traffic = new Traffic(clock);
    traffic.accepted('jobs', 1);
    clock.advance(500);
    traffic.accepted('others', 1);
    expect(traffic.ofLayer().messagesMaxAgeMs).toBe(500);
    expect(traffic.ofChannel('others').messagesMaxAgeMs).toBe(0);
  });
});
