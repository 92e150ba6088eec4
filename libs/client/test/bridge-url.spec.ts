import { describe, expect, it } from '@jest/globals';
import { bridgeUrl } from '../src/bridge-url.js';

const HTTP = { protocol: 'http:', host: 'app.example:8000' };
const HTTPS = { protocol: 'https:', host: 'app.example' };

describe('bridgeUrl', () => {
  it.each([
    [undefined, HTTP, 'ws://app.example:8000'],
    [undefined, HTTPS, 'wss://app.example'],
    ['/rooms/blue?a=1', HTTP, 'ws://app.example:8000/rooms/blue?a=1'],
    ['/rooms/blue', HTTPS, 'wss://app.example/rooms/blue'],
    ['wss://other.example/a', HTTP, 'wss://other.example/a'],
    ['https://other.example/a', HTTP, 'wss://other.example/a'],
    ['ws://other.example/a', undefined, 'ws://other.example/a'],
  ])('completes %j on %j to %s', (url, place, expected) => {
    expect(bridgeUrl(url, place)).toBe(expected);
  });

  it.each([
    ['rooms/blue', HTTP],
    ['//other.example/a', HTTP],
    ['ftp://other.example', HTTP],
    ['', HTTP],
    ['/rooms/blue#here', HTTP],
    ['/rooms/blue', undefined],
    [undefined, { protocol: 'about:', host: '' }],
  ])('refuses %j on %j', (url, place) => {
    expect(() => bridgeUrl(url, place)).toThrow(
      expect.objectContaining({ code: 'CHANNELS_CLIENT_CONFIG_INVALID' }),
    );
  });
});
