import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChannelsTest, createChannelsTest } from '@nest-channels/testing';
import { AppModule } from './app.module.js';
import { DenyingConsumers } from './denying.consumers.js';

describe('the echo', () => {
  let test: ChannelsTest;

  beforeEach(async () => {
    test = await createChannelsTest({ imports: [AppModule] });
  });
  afterEach(() => test.close());

  it('says what it hears', async () => {
    const socket = test.webSocket('/echo');
    expect(await socket.connect()).toEqual({ accepted: true });
    await socket.send('hello');
    expect(await socket.receive()).toBe('hello');
    await socket.receiveNothing();
    expect(await socket.disconnect()).toEqual({ code: 1000, reason: '' });
  });

  it('knows no other path', async () => {
    expect(await test.webSocket('/other').connect()).toMatchObject({ status: 404 });
  });
});

describe('the echo behind a word', () => {
  it('lets in who knows the word', async () => {
    const test = await createChannelsTest({ providers: [DenyingConsumers] });
    const connected = await test.webSocket('/echo?token=open%20sesame').connect();
    const denied = await test.webSocket('/echo?token=guess').connect();
    expect([connected, denied]).toMatchObject([{ accepted: true }, { status: 401 }]);
    await test.close();
  });
});
