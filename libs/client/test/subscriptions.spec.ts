import { describe, expect, it } from '@jest/globals';
import { Subscriptions } from '../src/subscriptions.js';

describe('Subscriptions', () => {
  it('keep one handler of a stream, the last, and any number of observers', () => {
    const told: unknown[] = [];
    const subscriptions = new Subscriptions(() => undefined);
    const removeFirst = subscriptions.handle('a', (message) => told.push(['first', message]));
    subscriptions.handle('a', (message, stream) => told.push([stream, message]));
    subscriptions.observe('a', (message) => told.push(['observer', message]));
    removeFirst();
    subscriptions.deliver({ stream: 'a', message: 1 });
    subscriptions.deliver({ stream: 'b', message: 2 });
    subscriptions.deliver({ stream: null, message: 3 });
    expect(told).toEqual([
      ['a', 1],
      ['observer', 1],
    ]);
  });

  it('tell whose handler failed', () => {
    const failed: string[] = [];
    const subscriptions = new Subscriptions((subject) => failed.push(subject));
    const fail = (): never => {
      throw new Error('no');
    };
    subscriptions.handle(null, fail);
    subscriptions.handle('jobs', fail);
    subscriptions.deliver({ stream: null, message: 1 });
    subscriptions.deliver({ stream: 'jobs', message: 1 });
    expect(failed).toEqual(['listen', 'jobs']);
  });
});
