import { describe, expect, it } from '@jest/globals';
import { History, now } from './history.js';

describe('a history', () => {
  it('keeps what happened in its order, with the time', () => {
    const history = new History();
    const sending = { id: '1', sender: 's', receivers: ['a'], outcome: 'sent' } as const;
    history.sending(sending);
    history.delivery({ id: '1', receiver: 'a', process: 'p' }, 7);
    history.loss({ by: 'layer', reason: 'expired', messages: 2 });
    history.probe({ socket: 'one', isAnswered: true });
    expect(history.events).toEqual([
      { kind: 'sending', at: expect.any(Number), ...sending },
      { kind: 'delivery', id: '1', receiver: 'a', process: 'p', at: 7 },
      { kind: 'loss', by: 'layer', reason: 'expired', messages: 2 },
      { kind: 'probe', socket: 'one', isAnswered: true },
    ]);
  });

  it('knows nothing of a send until it has ended, and then keeps its place', () => {
    const history = new History();
    const settle = history.open({ id: '1', sender: 's', receivers: ['a'] }, 5);
    history.probe({ socket: 'one', isAnswered: true });
    expect(history.events[0]).toMatchObject({ id: '1', outcome: 'unknown', at: 5 });
    settle('sent');
    expect(history.events[0]).toMatchObject({ id: '1', outcome: 'sent', at: 5 });
  });

  it('says nothing of what nobody lost', () => {
    const history = new History();
    history.loss({ by: 'layer', reason: 'expired', messages: 0 });
    expect(history.events).toEqual([]);
  });

  it('is written one event per line', () => {
    const history = new History();
    history.probe({ socket: 'one', isAnswered: true });
    history.probe({ socket: 'two', isAnswered: false });
    const lines = history.toString().trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(history.events);
  });

  it('takes a time that never goes back', () => {
    const before = now();
    expect(now()).toBeGreaterThanOrEqual(before);
  });
});
