import { describe, expect, it } from '@jest/globals';
import { type OfflinePolicy, SendQueue } from '../src/send-queue.js';

const queue = (offline: OfflinePolicy): SendQueue =>
  new SendQueue({ offline, maxQueuedMessages: 3, maxQueuedCharacters: 10 });
const code = (value: string): unknown => expect.objectContaining({ code: value });

describe('SendQueue', () => {
  it('keeps messages in order up to its limit', () => {
    const full = queue('queue');
    expect(['a', 'b', 'c'].map((text) => full.offer(text))).toEqual(['queued', 'queued', 'queued']);
    expect(() => full.offer('d')).toThrow(code('CHANNELS_CLIENT_QUEUE_FULL'));
    expect([full.shift(), full.shift(), full.shift(), full.shift()]).toEqual([
      'a',
      'b',
      'c',
      undefined,
    ]);
  });

  it('counts their characters too, and gets room again', () => {
    const full = queue('queue');
    full.offer('12345678');
    expect(() => full.offer('123')).toThrow(code('CHANNELS_CLIENT_QUEUE_FULL'));
    full.shift();
    expect(full.offer('1234567890')).toBe('queued');
  });

  it('drops and counts', () => {
    const dropping = queue('drop');
    expect(dropping.offer('a')).toBe('dropped');
    expect([dropping.dropped, dropping.length]).toEqual([1, 0]);
  });

  it('throws', () => {
    expect(() => queue('throw').offer('a')).toThrow(code('CHANNELS_CLIENT_DISCONNECTED'));
  });

  it('counts what it is cleared of', () => {
    const cleared = queue('queue');
    cleared.offer('12345678');
    cleared.clear();
    expect([cleared.dropped, cleared.length]).toEqual([1, 0]);
    expect(cleared.offer('12345678')).toBe('queued');
  });
});
