import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Bodies, type Target } from '../src/bodies.js';
import type { Arrived } from '../src/inbox.js';
import { Seal } from '../src/seal.js';

const plain = new Bodies();
const sealed = new Bodies(new Seal({ keys: [randomBytes(32)] }, 'app'));
const content = { text: 'hi', bytes: Buffer.from([1, 2]) };
const place = { keepFrom: '1-0', number: 1 };

const arrived = (bodies: Bodies, target: Target, at: Partial<Arrived>): Arrived => ({
  channels: ['jobs'],
  sentAt: 0,
  body: Buffer.from(bodies.encode(content, target)),
  ...at,
});

const malformed = expect.objectContaining({ code: 'CHANNELS_MESSAGE_MALFORMED' });

describe.each([
  ['plain', plain],
  ['sealed', sealed],
])('%s Bodies', (_how, bodies) => {
  it.each<[string, Target, Partial<Arrived>]>([
    ['to a normal channel', { channel: 'jobs' }, {}],
    ['to a mailbox', { channel: 'server!a' }, { channels: ['server!a'], place }],
    ['to a group, in a normal channel', { group: 'room' }, {}],
    [
      'to a group, in a mailbox',
      { group: 'room' },
      { channels: ['server!a'], place, group: 'room' },
    ],
  ])('carry content %s', (_where, target, at) => {
    expect(bodies.decode(arrived(bodies, target, at))).toEqual(content);
  });
});

describe('sealed Bodies', () => {
  it.each<[string, Target, Partial<Arrived>]>([
    ['another channel', { channel: 'mail' }, {}],
    ['another part of a mailbox', { channel: 'server!b' }, { channels: ['server!a'], place }],
    ['a channel, as that of a group', { channel: 'server!a' }, { group: 'room', place }],
    ['another group', { group: 'other' }, { channels: ['server!a'], place, group: 'room' }],
    ['a group, as that of one connection', { group: 'room' }, { channels: ['server!a'], place }],
  ])('refuse what was meant for %s', (_what, target, at) => {
    expect(() => sealed.decode(arrived(sealed, target, at))).toThrow(malformed);
  });

  it('refuse what is not sealed, and are refused where nothing is', () => {
    const target = { channel: 'jobs' };
    expect(() => sealed.decode(arrived(plain, target, {}))).toThrow(malformed);
    expect(() => plain.decode(arrived(sealed, target, {}))).toThrow(malformed);
    expect(() => sealed.decode({ ...arrived(plain, target, {}), body: Buffer.alloc(0) })).toThrow(
      malformed,
    );
  });
});
