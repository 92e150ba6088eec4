import { describe, expect, it } from '@jest/globals';
import { Listeners } from '../src/listeners.js';

describe('Listeners', () => {
  it('tells all in their order, the same function as often as it was added', () => {
    const told: string[] = [];
    const listeners = new Listeners<[string]>(() => undefined);
    const listener = (text: string): unknown => told.push(text);
    const remove = listeners.add(listener);
    listeners.add(listener);
    listeners.tell('a');
    remove();
    remove();
    listeners.tell('b');
    expect(told).toEqual(['a', 'a', 'b']);
    expect(listeners.size).toBe(1);
  });

  it('keeps nothing from the others when one throws', () => {
    const told: unknown[] = [];
    const listeners = new Listeners<[]>((error) => told.push(error));
    listeners.add(() => {
      throw new Error('one');
    });
    listeners.add(() => void told.push('two'));
    listeners.tell();
    expect(told).toEqual([new Error('one'), 'two']);
  });

  it('does not tell who is added meanwhile', () => {
    let calls = 0;
    const listeners = new Listeners<[]>(() => undefined);
    listeners.add(() => void listeners.add(() => calls++));
    listeners.tell();
    expect(calls).toBe(0);
  });
});
