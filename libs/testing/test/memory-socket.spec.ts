import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { MemorySocket } from '../src/memory-socket.js';

const ADDRESSES = { localAddress: 'a', localPort: 1, remoteAddress: 'b', remotePort: 2 };

const pair = (): [MemorySocket, MemorySocket] =>
  MemorySocket.pair(ADDRESSES, { traffic: { underWay: 0, arrived: 0 } });

describe('a socket in memory', () => {
  it('knows its own address and that of the other end', () => {
    const [one, other] = pair();
    expect(one).toMatchObject(ADDRESSES);
    expect(other).toMatchObject({ localAddress: 'b', localPort: 2, remoteAddress: 'a' });
  });

  it('looks like one over TCP', () => {
    const [one] = pair();
    expect(one.setNoDelay().setKeepAlive().setTimeout().ref().unref()).toBe(one);
  });

  it('delivers in order, in a later turn, and counts it', async () => {
    const traffic = { underWay: 0, arrived: 0 };
    const [one, other] = MemorySocket.pair(ADDRESSES, { traffic });
    one.write('a');
    one.write('b');
    one.end('c');
    expect([other.bytesRead, traffic.underWay]).toEqual([0, 1]);
    expect((await other.toArray()).join('')).toBe('abc');
    expect([one.bytesWritten, other.bytesRead]).toEqual([3, 3]);
    await new Promise(setImmediate);
    expect(traffic.underWay).toBe(0);
  });

  it('holds a writer back whose other end does not read', async () => {
    const [one, other] = pair();
    let room = true;
    while (room) {
      room = one.write(Buffer.alloc(16_384));
      await new Promise(setImmediate);
    }
    const drained = once(one, 'drain');
    other.resume();
    await drained;
    expect(one.writableLength).toBe(0);
  });

  it('ends with its other end', async () => {
    const [one, other] = pair();
    other.resume();
    const ended = once(other, 'close');
    one.destroy();
    await ended;
    expect(other.destroyed).toBe(true);
  });

  it('is reset as a connection over TCP is', async () => {
    const [one, other] = pair();
    const failed = once(other, 'error');
    one.resetAndDestroy();
    expect(await failed).toMatchObject([{ code: 'ECONNRESET' }]);
  });

  it('takes no notice of what is written to an end that is gone', async () => {
    const [one, other] = pair();
    other.destroy();
    await new Promise((resolve) => one.write('late', resolve));
    expect(other.bytesRead).toBe(0);
  });
});
