import { describe, expect, it } from '@jest/globals';
import { ChannelsClientError, ConnectionEnded, HandlerFailed, ServerError } from '../src/errors.js';

describe('the errors of the client', () => {
  it('are one kind of error with a code', () => {
    const error = new HandlerFailed('jobs', new Error('why'));
    expect(error).toBeInstanceOf(ChannelsClientError);
    expect(error).toMatchObject({
      name: 'ChannelsClientError',
      code: 'CHANNELS_CLIENT_HANDLER_FAILED',
      cause: new Error('why'),
    });
  });

  it('tell the code and the reason that ended a connection', () => {
    expect(new ConnectionEnded(1009, 'too long').message).toContain('ended with 1009: too long.');
    expect(new ConnectionEnded(4401, '').message).toContain('ended with 4401. It');
  });

  it('carry what the server said, without putting an object into the text', () => {
    expect(new ServerError('There is none.', undefined).message).toBe(
      'The server reports: There is none.',
    );
    expect(new ServerError({ secret: 1 }, undefined).message).toBe('The server reports: an error.');
  });
});
