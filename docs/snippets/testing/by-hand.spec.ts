import { expect, it } from '@jest/globals';
import { applyRoutes, createChannelsTest, route } from '@nest-channels/testing';
import type { Message } from 'nest-channels';
import { AppModule } from '../chat/app.module.js';

// #region client
it('a client has one message after the other handled', async () => {
  const test = await createChannelsTest({ imports: [AppModule], worker: 'by hand' });
  const client = test.wsClient({ path: '/rooms/lobby?name=ada' });
  await client.sendAndConsume('websocket.connect');
  expect(await client.receive()).toEqual({ joined: 'ada' });
  await client.sendAndConsume('websocket.receive', { text: { text: 'hi' } });
  expect(await client.receive()).toEqual({ text: 'hi' });
  expect(await client.receive()).toBeUndefined();
  await test.close();
});
// #endregion

// #region messages
it('a message that a handler sends can be looked at', async () => {
  const test = await createChannelsTest({ imports: [AppModule], worker: 'by hand' });
  const client = test.client();
  await client.joinGroup('room-lobby');
  await client.sendAndConsume('websocket.receive', { path: '/rooms/lobby', text: '{"text":"hi"}' });
  expect(await client.receive()).toEqual({ text: '{"text":"hi"}' });
  await client.send('transcripts.make', { room: 'lobby' });
  const message = await client.getNextMessage('transcripts.make', { require: true });
  expect(message?.content).toMatchObject({ room: 'lobby' });
  await test.close();
});
// #endregion

// #region routes
it('other routes take the place of the own ones', async () => {
  const test = await createChannelsTest({ imports: [AppModule], worker: 'by hand' });
  const shout = ({ content }: Message) => String(content['text']).toUpperCase();
  const shouted = await applyRoutes(test, [route('websocket.receive', shout)], () =>
    test.wsClient({ path: '/' }).sendAndConsume('websocket.receive', { text: 'hi' }),
  );
  expect(shouted).toBe('HI');
  await test.close();
});
// #endregion

// #region http
it('a request goes through the layer', async () => {
  const test = await createChannelsTest({ worker: 'by hand' });
  const answer = ({ replyChannel }: Message) =>
    replyChannel.send({ status: 200, headers: [], content: Buffer.from('OK') });
  await applyRoutes(test, [route('http.request', answer, { path: '/health' })], async () => {
    expect(await test.httpClient().request('GET', '/health')).toMatchObject({ status: 200 });
  });
  await test.close();
});
// #endregion
