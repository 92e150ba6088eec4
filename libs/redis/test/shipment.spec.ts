import { describe, expect, it } from '@jest/globals';
import { unpack } from '../src/parcel.js';
import { Shipment } from '../src/shipment.js';

function message(channel: string, id: number) {
  const name = channel.slice(0, channel.indexOf('!') + 1) || channel;
  return { name, capacity: 3, channel, body: Buffer.from(`${id}`), deadline: 0 };
}

describe('a shipment', () => {
  const shipment = new Shipment([
    message('a!x', 0),
    message('jobs', 1),
    message('a!y', 2),
    message('jobs', 3),
  ]);

  it('has one parcel per name, in which the order stays', () => {
    const [name, capacity, count, parcel, ...others] = shipment.arguments;
    expect([name, capacity, count]).toEqual(['a!', 3, 2]);
    const packed = unpack(parcel as Buffer)!;
    expect(packed.map(({ localPart, body }) => `${localPart} ${String(body)}`)).toEqual([
      'x 0',
      'y 2',
    ]);
    expect(others.slice(0, 3)).toEqual(['jobs', 3, 2]);
  });

  it('knows from what Redis took of each name how many waited after each message', () => {
    expect(shipment.sizes([2, 7, 2, 2])).toEqual([6, 1, 7, 2]);
  });

  it('knows that what was not taken was refused, the last ones first', () => {
    expect(shipment.sizes([1, 3, 0, 3])).toEqual([3, -1, -1, -1]);
  });
});
