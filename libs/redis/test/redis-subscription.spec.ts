import { describe, expect, it, jest } from '@jest/globals';
import { Inbox, type Receiver } from '../src/inbox.js';
import { RedisSubscription } from '../src/redis-subscription.js';

function sourceWith(standing: Set<Receiver>) {
  return {
    shift: () => ({ channels: ['jobs'], content: { id: 1 } }),
    enter: (receiver: Receiver) => void standing.add(receiver),
    leave: (receiver: Receiver) => void standing.delete(receiver),
    yieldTurn: () => undefined,
  };
}

describe('a subscription', () => {
  it('stands in line after its maker has it, and hands over what it is served', async () => {
    const standing = new Set<Receiver>();
    const listener = jest.fn();
    const subscription = new RedisSubscription(listener, sourceWith(standing));
    expect(standing.size).toBe(0);
    await Promise.resolve();
    expect(standing.has(subscription)).toBe(true);
    subscription.serve(new Inbox('jobs'));
    expect(listener).toHaveBeenCalledWith({ channels: ['jobs'], content: { id: 1 } });
  });

  it('leaves the line while it is paused, also when it was before it began', async () => {
    const standing = new Set<Receiver>();
    const subscription = new RedisSubscription(() => undefined, sourceWith(standing));
    subscription.pause();
    await Promise.resolve();
    expect(standing.size).toBe(0);
    subscription.resume();
    expect(standing.size).toBe(1);
  });

  it('stays out of it once it is closed', async () => {
    const standing = new Set<Receiver>();
    const subscription = new RedisSubscription(() => undefined, sourceWith(standing));
    subscription.end();
    subscription.pause();
    subscription.resume();
    await Promise.resolve();
    expect(standing.size).toBe(0);
  });
});
