import { describe, expect, it } from '@jest/globals';
import { readHanded } from '../src/handed.js';
import { writeListEntry } from '../src/list-entry.js';
import { pack } from '../src/parcel.js';

function fields(...values: (string | Buffer)[]): Buffer[] {
  return values.map((value) => Buffer.from(value));
}

const message = { channels: ['jobs'], sentAt: 5, body: Buffer.from('1') };
const entries = [writeListEntry(message), Buffer.from('short')];
const parcel = pack(entries.map((body) => ({ localPart: '', body })));

describe('what was handed to a process', () => {
  it('answers a claim with messages of one channel, and tells what is none', () => {
    expect(readHanded('7-0', fields('t', '3', 'n', 'jobs', 'd', parcel))).toEqual({
      claim: 3,
      name: 'jobs',
      messages: [message],
      malformed: 1,
      keepFrom: '7-1',
    });
  });

  it('is nothing when others wrote it', () => {
    expect(readHanded('7-0', fields('what', 'ever'))).toBeUndefined();
    expect(readHanded('7-0', fields('t', '3', 'n', 'jobs', 'd', 'none'))).toBeUndefined();
  });
});
