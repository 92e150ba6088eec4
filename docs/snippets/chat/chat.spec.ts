import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChannelsTest, createChannelsTest } from '@nest-channels/testing';
import { AppModule } from './app.module.js';
import { order, TranscriptsConsumers } from './transcripts.consumers.js';

describe('a room', () => {
  let test: ChannelsTest;

  beforeEach(async () => {
    test = await createChannelsTest({ imports: [AppModule] });
  });
  afterEach(() => test.close());

  async function enter(name: string) {
    const socket = test.webSocket(`/rooms/lobby?name=${name}`);
    expect(await socket.connect()).toEqual({ accepted: true });
    expect(await socket.receiveJson()).toEqual({ joined: name });
    return socket;
  }

  it('lets its people talk, and nobody else hear', async () => {
    const ada = await enter('ada');
    const bob = await enter('bob');
    const eve = test.webSocket('/rooms/attic?name=eve');
    await eve.connect();
    expect(await eve.receiveJson()).toEqual({ joined: 'eve' });
    expect(await ada.receiveJson()).toEqual({ joined: 'bob' });
    await bob.sendJson({ text: 'hi' });
    expect(await ada.receiveJson()).toEqual({ text: 'hi' });
    expect(await bob.receiveJson()).toEqual({ text: 'hi' });
    await eve.receiveNothing();
  });

  it('wants a name', async () => {
    const refusal = { accepted: false, status: 403, body: 'Say your name: ?name=ada' };
    expect(await test.webSocket('/rooms/lobby').connect()).toEqual(refusal);
  });

  it('hears what a controller announces', async () => {
    const ada = await enter('ada');
    const answer = await test.fetch('/rooms/lobby/announcements', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ text: 'closing soon' }),
    });
    expect(answer.status).toBe(202);
    expect(await ada.receiveJson()).toEqual({ announced: 'closing soon' });
  });

  it('is written down in the background', async () => {
    await order(test.channels, 'lobby');
    await test.drain();
    expect(test.get(TranscriptsConsumers).made).toEqual(['lobby']);
  });
});
