import { describe, expect, it } from '@jest/globals';
import { type ChannelCapacity, CapacityRules } from '@nest-channels/core';
import * as fc from 'fast-check';

function rulesOf(...channelCapacity: ChannelCapacity[]): CapacityRules {
  return new CapacityRules({ capacity: 100, mailboxCapacity: 1_000, channelCapacity });
}

/** Says whether a single rule with this pattern decides over a channel. */
function decides(pattern: string | RegExp, name: string): boolean {
  return rulesOf([pattern, 7]).of(name) === 7;
}

describe('CapacityRules', () => {
  it('gives channels and process-specific mailboxes their defaults', () => {
    const rules = new CapacityRules({ capacity: 100, mailboxCapacity: 1_000 });
    expect(rules.of('jobs')).toBe(100);
    expect(rules.of('body?x')).toBe(100);
    expect(rules.of('server!')).toBe(1_000);
  });

  it('gives the defaults to what no pattern matches', () => {
    const rules = rulesOf(['mail.*', 5]);
    expect(rules.of('jobs')).toBe(100);
    expect(rules.of('server!')).toBe(1_000);
  });

  it('lets the first pattern that matches win', () => {
    const rules = rulesOf(['mail.urgent', 1], [/mail\.u/, 2], ['mail.*', 3], ['*', 4], ['jobs', 5]);
    expect(
      ['mail.urgent', 'mail.usual', 'mail.bulk', 'jobs'].map((name) => rules.of(name)),
    ).toEqual([1, 2, 3, 4]);
  });

  it('overrides the default of a mailbox too', () => {
    expect(rulesOf(['server*', 5]).of('server.k3!')).toBe(5);
    expect(rulesOf(['*!', 5]).of('server.k3!')).toBe(5);
    expect(rulesOf(['*!', 5]).of('jobs')).toBe(100);
  });

  it('takes a capacity of nothing for an answer', () => {
    expect(rulesOf(['jobs', 0]).of('jobs')).toBe(0);
  });

  it.each<readonly [string, string, boolean]>([
    ['jobs', 'jobs', true],
    ['jobs', 'jobs2', false],
    ['jobs', 'my.jobs', false],
    ['jobs', 'Jobs', false],
    ['*', 'any.thing-at_all?x', true],
    ['mail.*', 'mail.a.b', true],
    ['mail.*', 'mail.', true],
    ['mail.*', 'mailxa', false],
    ['*.bulk', 'mail.eu.bulk', true],
    ['*.bulk', 'mail.bulk.eu', false],
    ['a*c', 'ac', true],
    ['a*b*c', 'axxbxxc', true],
    ['a*b*c', 'axxcxxb', false],
    ['job?', 'jobs', true],
    ['job?', 'job', false],
    ['job?', 'jobss', false],
    ['body[?]x', 'body?x', true],
    ['body[?]x', 'bodyax', false],
    ['job[sx]', 'jobs', true],
    ['job[sx]', 'joba', false],
    ['shard[0-3]', 'shard2', true],
    ['shard[0-3]', 'shard4', false],
    ['job[!sx]', 'joba', true],
    ['job[!sx]', 'jobs', false],
    ['[^a]', 'a', true],
    ['[^a]', 'b', false],
    ['a.b', 'axb', false],
    ['a+', 'aa', false],
    ['(a|b)', 'a', false],
    ['a{2}', 'aa', false],
    ['a$', 'a', false],
    ['', 'a', false],
  ])('reads the glob %j over %j as %p', (glob, name, isMatch) => {
    expect(decides(glob, name)).toBe(isMatch);
  });

  it.each(['[', 'a[', ']', '[]', '\\', 'a\\', '^', '/'])('takes %j for itself', (glob) => {
    expect(decides(glob, glob)).toBe(true);
    expect(decides(glob, `${glob}a`)).toBe(false);
  });

  it.each<readonly [RegExp, string, boolean]>([
    [/mail/, 'mail.bulk', true],
    [/mail/, 'my.mail', false],
    [/^mail$/, 'mail', true],
    [/^mail$/, 'mail.bulk', false],
    [/bulk|mail/, 'x.bulk', false],
    [/bulk|mail/, 'mail.x', true],
    [/MAIL/i, 'mail', true],
  ])('has the RegExp %p match at the start: over %j %p', (pattern, name, isMatch) => {
    expect(decides(pattern, name)).toBe(isMatch);
  });

  it.each([/jobs/g, /jobs/y, /jobs/gy])('gives with %p the same answer each time', (pattern) => {
    const rules = rulesOf([pattern, 7]);
    expect([1, 2, 3].map(() => rules.of('jobs'))).toEqual([7, 7, 7]);
    expect(rules.of('my.jobs')).toBe(100);
    expect(pattern.lastIndex).toBe(0);
  });

  it('agrees with a reference that walks over glob and name', () => {
    const glob = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), maxLength: 8 });
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 });
    fc.assert(
      fc.property(glob, name, (pattern, channel) => {
        expect(decides(pattern, channel)).toBe(covers(pattern, channel));
      }),
      { numRuns: 1_000 },
    );
  });
});

function covers(glob: string, name: string): boolean {
  if (glob === '') return name === '';
  if (glob[0] === '*')
    return covers(glob.slice(1), name) || (name !== '' && covers(glob, name.slice(1)));
  const takesFirst = name !== '' && (glob[0] === '?' || glob[0] === name[0]);
  return takesFirst && covers(glob.slice(1), name.slice(1));
}
