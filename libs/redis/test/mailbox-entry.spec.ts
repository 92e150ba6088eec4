import { describe, expect, it } from '@jest/globals';
import { placeOf, readMailboxEntry } from '../src/mailbox-entry.js';
import { pack } from '../src/parcel.js';

function fields(...values: (string | Buffer)[]): Buffer[] {
  return values.map((value) => Buffer.from(value));
}

const [one, two] = ['1', '2'].map((text) => Buffer.from(text));
const parcel = pack([
  { localPart: 'x', body: one },
  { localPart: 'y', body: two },
]);

describe('an entry of a mailbox', () => {
  it('holds messages, each with its place: the entry is kept until the last was taken', () => {
    const entry = readMailboxEntry('a!', '5-1', fields('w', '12', 'p', '2', 'd', parcel));
    expect(entry).toEqual({
      kind: 'parcel',
      messages: [
        { channels: ['a!x'], body: one, sentAt: 5, place: { keepFrom: '5-1', number: 11 } },
        { channels: ['a!y'], body: two, sentAt: 5, place: { keepFrom: '5-2', number: 12 } },
      ],
    });
  });

  it('names the group it was sent to, and the version of that', () => {
    const group = fields('w', '13', 'g', 'room', 'v', '4', 'd', one);
    expect(readMailboxEntry('a!', '5-1', group)).toEqual({
      kind: 'group',
      group: 'room',
      version: 4,
    });
    expect(placeOf('5-1', group)).toEqual({ keepFrom: '5-2', number: 13 });
  });

  it('is malformed when others wrote it, and has a place all the same', () => {
    for (const foreign of [
      fields('what', 'ever'),
      fields('w', '1', 'p', '2', 'd', 'no parcel'),
      fields('w', '1', 'd', parcel),
    ]) {
      expect(readMailboxEntry('a!', '5-1', foreign).kind).toBe('malformed');
    }
    expect(placeOf('5-1', fields('what', 'ever'))).toEqual({ keepFrom: '5-2', number: 0 });
    expect(placeOf('5-1', fields('w', 'ever')).number).toBe(0);
  });
});
