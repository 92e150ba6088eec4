import { describe, expect, it } from '@jest/globals';
import { SharedMessage } from '../src/shared-message.js';

function setUp() {
  const due: unknown[] = [];
  const posted = { content: {}, sentAt: 0, arrival: 0, isShared: true };
  const message = new SharedMessage(posted, 100, (names, now) => {
    due.push([names, now]);
    return names.length;
  });
  return { message, due };
}

describe('SharedMessage', () => {
  it('is held until each of its channels was looked into', () => {
    const { message } = setUp();
    expect(message.isHeld).toBe(false);
    message.names.push('a', 'b');
    message.open();
    expect(message.isHeld).toBe(true);
    message.open();
    expect(message.isHeld).toBe(false);
  });

  it('has its channels looked at once, when it is due', () => {
    const { message, due } = setUp();
    message.names.push('a', 'b');
    expect(message.deadline).toBe(100);
    expect(message.expire(100)).toBe(2);
    expect(due).toEqual([[['a', 'b'], 100]]);
    expect(message.deadline).toBe(Infinity);
  });
});
