import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import { EarlyData } from '../../src/server/early-data.js';
import type { RawClient } from '../support/raw-client.js';
import { stopUpgradeServers, UpgradeServer } from '../support/upgrade-server.js';

afterEach(stopUpgradeServers);

const NOTHING = Buffer.alloc(0);

async function handshake(): Promise<{ client: RawClient; socket: Duplex }> {
  const server = await UpgradeServer.start();
  const client = await server.rawClient();
  client.handshake('/');
  const { socket } = await server.next();
  return { client, socket };
}

/** Sends a text and waits until the server has read it. */
async function deliver(client: RawClient, socket: Duplex, text: string): Promise<void> {
  const read = once(socket, 'data');
  client.socket.write(text);
  await read;
}

function limit(bytes: number): { bytes: number; exceeded: number; onExceeded: () => void } {
  const limits = { bytes, exceeded: 0, onExceeded: () => void limits.exceeded++ };
  return limits;
}

describe('EarlyData', () => {
  it('gives back what came with the handshake and after it, in order', async () => {
    const { client, socket } = await handshake();
    const early = new EarlyData(socket, Buffer.from('head,'), limit(100));
    await deliver(client, socket, 'one,');
    await deliver(client, socket, 'two');
    expect(early.release().toString()).toBe('head,one,two');
  });

  it('gives back nothing when nothing came', async () => {
    const { socket } = await handshake();
    expect(new EarlyData(socket, NOTHING, limit(100)).release()).toEqual(NOTHING);
  });

  it('holds as much as its limit, what came with the handshake included', async () => {
    const { client, socket } = await handshake();
    const limits = limit(10);
    const early = new EarlyData(socket, Buffer.from('1234'), limits);
    await deliver(client, socket, '567890');
    expect(limits.exceeded).toBe(0);
    expect(early.release().toString()).toBe('1234567890');
  });

  it('says when a client sends one byte more', async () => {
    const { client, socket } = await handshake();
    const limits = limit(10);
    const early = new EarlyData(socket, Buffer.from('1234'), limits);
    await deliver(client, socket, '567890');
    await deliver(client, socket, '!');
    expect(limits.exceeded).toBe(1);
    expect(early.release().toString()).toBe('1234567890');
  });

  it('counts no more when it has been released', async () => {
    const { client, socket } = await handshake();
    const limits = limit(10);
    new EarlyData(socket, NOTHING, limits).release();
    await deliver(client, socket, 'x'.repeat(100));
    expect(limits.exceeded).toBe(0);
  });

  it('leaves what comes after its release to the next reader, all of it and in order', async () => {
    const { client, socket } = await handshake();
    const early = new EarlyData(socket, NOTHING, limit(100_000));
    await deliver(client, socket, 'early,');
    let read = early.release().toString();
    socket.on('data', (chunk: Buffer) => (read += chunk.toString()));
    for (let part = 0; part < 10; part++) client.socket.write(`${part},`);
    client.socket.end();
    await once(socket, 'end');
    expect(read).toBe('early,0,1,2,3,4,5,6,7,8,9,');
  });

  it('reads the socket, so that a client that leaves is noticed', async () => {
    const { client, socket } = await handshake();
    const early = new EarlyData(socket, NOTHING, limit(100));
    const ended = once(socket, 'end');
    client.socket.end('bye');
    await ended;
    expect(early.release().toString()).toBe('bye');
  });
});
