import { createServer } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { MemoryNetwork } from '../src/memory-network.js';

describe('a network in memory', () => {
  it('brings requests to a server that does not listen', async () => {
    const server = createServer(({ socket }, response) => response.end(socket.remoteAddress));
    const network = new MemoryNetwork();
    const answer = await network.ask(server, { method: 'GET', path: '/', headers: {} });
    expect([answer.status, answer.body.toString()]).toEqual([200, '127.0.0.1']);
    expect(network.traffic.arrived).toBeGreaterThan(0);
  });

  it('gives each client a port, and an address if it wants one', () => {
    const network = new MemoryNetwork();
    const [one, other] = [network.connect(createServer()), network.connect(createServer(), '::1')];
    expect(one.localPort).not.toBe(other.localPort);
    expect([one.localAddress, other.localAddress]).toEqual(['127.0.0.1', '::1']);
    network.cut();
    expect([one.destroyed, other.destroyed]).toEqual([true, true]);
  });

  it('reports an answer that breaks off', async () => {
    const server = createServer(({ socket }) => socket.destroy());
    const asking = new MemoryNetwork().ask(server, { method: 'GET', path: '/', headers: {} });
    await expect(asking).rejects.toThrow('socket hang up');
  });
});
