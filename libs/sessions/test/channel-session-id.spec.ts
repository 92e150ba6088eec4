import { describe, expect, it } from '@jest/globals';
import { channelSessionId, isChannelSessionId } from '../src/channel-session-id.js';

describe('channelSessionId', () => {
  it('is the same for one connection, another for each, and does not tell the connection', () => {
    const id = channelSessionId('server.abc!1');
    expect(id).toBe(channelSessionId('server.abc!1'));
    expect(id).not.toBe(channelSessionId('server.abc!2'));
    expect(id).not.toContain('abc');
  });

  it('is told from the id of an HTTP session', () => {
    expect(isChannelSessionId(channelSessionId('server.abc!1'))).toBe(true);
    expect(isChannelSessionId('wD3y0pC6oRkF')).toBe(false);
  });
});
