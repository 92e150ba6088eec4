import { describe, expect, it } from '@jest/globals';
import { networkReturn } from '../src/network-return.js';

describe('networkReturn', () => {
  it('does nothing where no browser tells of networks', () => {
    expect(() => networkReturn(() => undefined)()).not.toThrow();
  });

  it('calls back at each event online until it is taken back', () => {
    const events = new EventTarget();
    let calls = 0;
    Object.assign(globalThis, {
      addEventListener: events.addEventListener.bind(events),
      removeEventListener: events.removeEventListener.bind(events),
    });
    try {
      const remove = networkReturn(() => calls++);
      events.dispatchEvent(new Event('online'));
      remove();
      events.dispatchEvent(new Event('online'));
      expect(calls).toBe(1);
    } finally {
      Reflect.deleteProperty(globalThis, 'addEventListener');
      Reflect.deleteProperty(globalThis, 'removeEventListener');
    }
  });
});
