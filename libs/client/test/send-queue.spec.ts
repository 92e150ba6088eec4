import { describe, expect, it } from '@jest/globals';
import { type OfflinePolicy, SendQueue } from '../src/send-queue.js';

/** Is a queue with the settings that its owner has. */
function queue(offline: OfflinePolicy) {
  const settings = { offline, maxQueuedMessages: 3, maxQueuedCharacters: 10 };
  const texts = new SendQueue();
  return { texts, offer: (text: string) => texts.offer(text, settings) };
}

const code = (value: string): unknown => expect.objectContaining({ code: value });

describe('SendQueue', () => {
  it('keeps messages in order up to its limit', () => {
    const full = queue('queue');
    expect(['a', 'b', 'c'].map((text) => full.offer(text))).toEqual(['queued', 'queued', 'queued']);
    expect(() => full.offer('d')).toThrow(code('CHANNELS_CLIENT_QUEUE_FULL'));
    expect([
      full.texts.shift(),
      full.texts.shift(),
      full.texts.shift(),
      full.texts.shift(),
    ]).toEqual(['a', 'b', 'c', undefined]);
  });

  it('counts their characters too, and gets room again', () => {
    const full = queue('queue');
    full.offer('12345678');
    expect(() => full.offer('123')).toThrow(code('CHANNELS_CLIENT_QUEUE_FULL'));
    full.texts.shift();
    expect(full.offer('1234567890')).toBe('queued');
  });

  it('drops and counts', () => {
    const dropping = queue('drop');
    expect(dropping.offer('a')).toBe('dropped');
    expect([dropping.texts.dropped, dropping.texts.length]).toEqual([1, 0]);
  });

  it('throws', () => {
    expect(() => queue('throw').offer('a')).toThrow(code('CHANNELS_CLIENT_DISCONNECTED'));
  });

  it('counts what it is cleared of', () => {
    const cleared = queue('queue');
    cleared.offer('12345678');
    cleared.texts.clear();
    expect([cleared.texts.dropped, cleared.texts.length]).toEqual([1, 0]);
    expect(cleared.offer('12345678')).toBe('queued');
  });
});
