import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Place, Turns } from '../../src/connection-life/turns.js';
import { settled } from '../support/settled.js';

interface Step {
  readonly name: string;
  readonly place?: Place;
}

let started: string[];
let turns: Turns<Step>;

beforeEach(() => {
  started = [];
  turns = new Turns<Step>(({ name }) => started.push(name));
});

const step = (name: string, place?: Place): Step => {
  const turn = { name, place };
  turns.add(turn);
  return turn;
};

describe('Turns', () => {
  it('start one after another', () => {
    const first = step('first');
    const second = step('second');
    step('third');
    expect(started).toEqual(['first']);
    turns.end(first);
    turns.end(second);
    expect(started).toEqual(['first', 'second', 'third']);
  });

  it('start beside the others up to the limit of their place', () => {
    const place = { limit: 2 };
    step('row');
    const first = step('a', place);
    step('b', place);
    step('c', place);
    step('other', { limit: 1 });
    expect(started).toEqual(['row', 'a', 'b', 'other']);
    expect(turns.waiting).toBe(1);
    turns.end(first);
    expect(started).toEqual(['row', 'a', 'b', 'other', 'c']);
  });

  it('start nothing once closed, and tell how many waited', () => {
    const place = { limit: 1 };
    const row = step('row');
    const beside = step('beside', place);
    step('second');
    step('third', place);
    expect(turns.close()).toBe(2);
    turns.end(row);
    turns.end(beside);
    step('late');
    expect(started).toEqual(['row', 'beside']);
    expect(turns.waiting).toBe(0);
  });

  it('are idle when nothing runs or waits', async () => {
    await turns.idle();
    const first = step('first');
    const second = step('second');
    let isIdle = false;
    void turns.idle().then(() => (isIdle = true));
    turns.end(first);
    await settled();
    expect(isIdle).toBe(false);
    turns.end(second);
    await settled();
    expect(isIdle).toBe(true);
  });
});
