import { afterEach, describe, expect, it } from '@jest/globals';
import { type ChannelsTest, createChannelsTest } from '@nest-channels/testing';
import { ChatSocket } from './chat-socket.js';
import { FunctionConsumers } from './function.consumers.js';

let test: ChannelsTest;
afterEach(() => test.close());

describe('a consumer of Channels 1', () => {
  it('is tested message by message', async () => {
    // #region client
    test = await createChannelsTest({ providers: [FunctionConsumers], worker: 'by hand' });
    const client = test.wsClient({ path: '/chat/lobby' });
    await client.sendAndConsume('websocket.connect');
    await client.sendAndConsume('websocket.receive', { text: 'hi' });
    expect(await client.receiveText()).toBe('hi');
    // #endregion
  });
});

describe('a consumer of Channels 2 and later', () => {
  it('is tested with a communicator', async () => {
    // #region communicator
    test = await createChannelsTest({ providers: [ChatSocket] });
    const communicator = test.webSocket('/chat/lobby');
    expect(await communicator.connect()).toEqual({ accepted: true });
    await communicator.sendJson({ text: 'hi' });
    expect(await communicator.receiveJson()).toEqual({ text: 'hi', sent: 1 });
    await communicator.receiveNothing();
    await communicator.disconnect();
    // #endregion
  });
});
