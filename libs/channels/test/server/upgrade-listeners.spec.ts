import { createServer, type IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { ForeignPaths } from '../../src/server/foreign-paths.js';
import { takeUpgrades } from '../../src/server/upgrade-listeners.js';

const FOREIGN = new ForeignPaths([{ path: '/theirs', extent: 'itself' }]);

/** Is an HTTP server without a port, whose listeners say what they hear. */
function bench() {
  const server = createServer();
  const heard: string[] = [];
  const listener =
    (name: string) =>
    ({ url }: Pick<IncomingMessage, 'url'>): void =>
      void heard.push(`${name} ${url}`);
  const send = (url: string): string[] => {
    server.emit('upgrade', { url }, new Socket(), Buffer.alloc(0));
    return heard.splice(0);
  };
  return { server, listener, send };
}

describe('takeUpgrades', () => {
  it('leaves foreign paths, and only those, to the listeners from before', () => {
    const { server, listener, send } = bench();
    server.on('upgrade', listener('one')).on('upgrade', listener('two'));
    expect(takeUpgrades(server, FOREIGN, listener('own'))).toBe(2);
    expect(send('/ours')).toEqual(['own /ours']);
    expect(send('/theirs?a')).toEqual(['one /theirs?a', 'two /theirs?a']);
  });

  it('leaves foreign paths to a listener that comes later and hears of all', () => {
    const { server, listener, send } = bench();
    takeUpgrades(server, FOREIGN, listener('own'));
    server.on('upgrade', listener('later'));
    expect(send('/theirs')).toEqual(['later /theirs']);
    expect(send('/ours')).toEqual(['own /ours', 'later /ours']);
  });

  it('answers foreign paths that nobody listens for', () => {
    const { server, listener, send } = bench();
    expect(takeUpgrades(server, FOREIGN, listener('own'))).toBe(0);
    expect(send('/theirs')).toEqual(['own /theirs']);
  });

  it('calls a listener for one request once', () => {
    const { server, listener, send } = bench();
    server.once('upgrade', listener('once'));
    takeUpgrades(server, FOREIGN, listener('own'));
    expect(send('/theirs')).toEqual(['once /theirs']);
  });
});
