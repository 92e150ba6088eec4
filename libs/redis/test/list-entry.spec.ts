import { describe, expect, it } from '@jest/globals';
import { readListEntry, writeListEntry } from '../src/list-entry.js';

describe('an entry of a list', () => {
  it('is read as it was written', () => {
    const message = { channels: ['jobs'], sentAt: 1_700_000_000_123, body: Buffer.from('body') };
    expect(readListEntry('jobs', writeListEntry(message))).toEqual(message);
  });

  it('is none of ours without a time and a body', () => {
    expect(readListEntry('jobs', Buffer.alloc(8))).toBeUndefined();
  });
});
