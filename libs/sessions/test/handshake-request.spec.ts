import { describe, expect, it } from '@jest/globals';
import { handshakeRequest } from '@nest-channels/sessions';
import { connectOf, messageOf } from './support/messages.js';

describe('handshakeRequest', () => {
  it('shows a handshake as a request', () => {
    const message = connectOf({ authorization: 'Bearer abc' }, 'room=blue&x=1');
    expect(handshakeRequest(message)).toMatchObject({
      method: 'GET',
      url: '/room%20one?room=blue&x=1',
      path: '/room one',
      headers: { authorization: 'Bearer abc' },
      query: { room: 'blue', x: '1' },
      ip: '192.0.2.1',
      secure: true,
    });
  });

  it('has neither headers nor query for a later message', () => {
    const { headers, query, url } = handshakeRequest(
      messageOf('websocket.receive', { path: '/a' }),
    );
    expect([headers, query, url]).toEqual([{}, {}, '/a']);
  });

  it('takes who uses the connection', () => {
    const message = connectOf({});
    const request = handshakeRequest(message);
    expect(request.user).toBeUndefined();
    request.user = { id: 1 };
    expect(message.user).toEqual({ id: 1 });
    request.user = undefined;
    expect(message.user).toBeNull();
  });
});
