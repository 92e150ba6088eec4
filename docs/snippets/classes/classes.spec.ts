import { afterEach, describe, expect, it } from '@jest/globals';
import { type ChannelsTest, createChannelsTest } from '@nest-channels/testing';
import { Channels } from 'nest-channels';
import { Chat, Clock, Live } from './live.js';
import { Report } from './report.js';
import { Room } from './room.js';

let test: ChannelsTest;
afterEach(() => test.close());

async function enter(path: string) {
  const socket = test.webSocket(path);
  expect(await socket.connect()).toMatchObject({ accepted: true });
  return socket;
}

describe('a class per path', () => {
  it('talks to its room', async () => {
    test = await createChannelsTest({ providers: [Room] });
    const [ada, bob] = [await enter('/rooms/a'), await enter('/rooms/a')];
    await ada.sendJson({ text: 'hi' });
    expect(await bob.receiveJson()).toEqual({ nick: 'guest of a', text: 'hi' });
    await ada.disconnect();
    expect(await bob.receiveJson()).toEqual({ left: 'guest of a', code: 1000 });
  });

  it('answers while it works', async () => {
    test = await createChannelsTest({ providers: [Report], time: 'system' });
    const socket = await enter('/report');
    await test.get(Channels).group('reports').send({ type: 'report.make' });
    expect(await socket.receiveJson()).toEqual({ percent: 0 });
    await socket.sendJson('still there?');
    const rest = [
      await socket.receiveJson(),
      await socket.receiveJson(),
      await socket.receiveJson(),
    ];
    expect(rest).toContainEqual({ question: 'still there?' });
    expect(rest).toContainEqual({ percent: 100 });
  });
});

describe('several classes on one connection', () => {
  it('are told apart by their streams', async () => {
    test = await createChannelsTest({ providers: [Live, Chat, Clock] });
    const [ada, bob] = [await enter('/live'), await enter('/live')];
    await ada.sendJson({ stream: 'chat', payload: { text: 'hi' } });
    expect(await bob.receiveJson()).toEqual({ stream: 'chat', payload: { text: 'hi' } });
    await bob.sendJson({ stream: 'clock', payload: 'time' });
    expect(await bob.receiveJson()).toMatchObject({ stream: 'clock' });
    await bob.sendJson({ stream: 'weather', payload: 'today' });
    expect(await bob.receiveJson()).toMatchObject({
      stream: 'weather',
      error: { code: 'CHANNELS_STREAM_UNKNOWN' },
    });
  });
});
