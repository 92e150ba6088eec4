import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@nest-channels/core';
import { RefusalLog } from '../../src/server/refusal-log.js';

function bench(): { clock: ManualClock; lines: string[]; log: RefusalLog } {
  const clock = new ManualClock();
  const lines: string[] = [];
  const log = new RefusalLog({ warn: (line: string) => void lines.push(line) }, clock);
  return { clock, lines, log };
}

describe('RefusalLog', () => {
  it('writes one line for an address in a second and counts the others', () => {
    const { clock, lines, log } = bench();
    for (let time = 0; time < 1_000; time++) log.add('192.0.2.1', `refused ${time}`);
    log.add('192.0.2.2', 'refused another');
    expect(lines).toEqual(['refused 0', 'refused another']);
    clock.advance(1_000);
    expect(lines.slice(2)).toEqual(['Refused 999 more handshakes within a second.']);
    log.add('192.0.2.1', 'refused again');
    expect(lines.slice(3)).toEqual(['refused again']);
  });

  it('writes ten lines in a second, however many addresses there are', () => {
    const { clock, lines, log } = bench();
    for (let host = 0; host < 5_000; host++) log.add(`host ${host}`, 'refused');
    expect(lines).toHaveLength(10);
    clock.advance(1_000);
    expect(lines.slice(10)).toEqual(['Refused 4990 more handshakes within a second.']);
  });

  it('says nothing of a second in which nothing was left out', () => {
    const { clock, lines, log } = bench();
    log.add('192.0.2.1', 'refused');
    clock.advance(10_000);
    log.close();
    expect(lines).toEqual(['refused']);
  });

  it('says what it left out when it is closed', () => {
    const { clock, lines, log } = bench();
    for (let time = 0; time < 3; time++) log.add('192.0.2.1', 'refused');
    log.close();
    clock.advance(10_000);
    expect(lines).toEqual(['refused', 'Refused 2 more handshakes within a second.']);
    expect(clock.timers).toBe(0);
  });
});
