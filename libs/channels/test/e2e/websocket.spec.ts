import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { Channels, Consumer, Consumers, Content, Message, Msg, PathParam } from 'nest-channels';
import { Inbox } from '../support/inbox.js';
import { RunningApp, stopApps } from '../support/running-app.js';

afterEach(stopApps);

@Injectable()
class Echo {
  @Consumer('websocket.receive', { path: '/echo' })
  echo(@Msg() { content }: Message<'websocket.receive'>) {
    return content.text ?? content.bytes;
  }
}

describe('an echo over the whole path', () => {
  it('returns text and binary frames unchanged, empty ones too', async () => {
    const app = await RunningApp.start({ providers: [Echo] });
    const socket = await app.open('/echo');
    const frames = ['hello', '', 'snow ☃ 🏔', Buffer.from([0, 255, 1]), Buffer.alloc(0)];
    for (const frame of frames) socket.send(frame);
    expect(await socket.take(frames.length)).toEqual(frames);
  });

  it('returns 500 frames sent at once, complete and in order', async () => {
    const app = await RunningApp.start({ providers: [Echo] });
    const socket = await app.open('/echo');
    const frames = Array.from({ length: 500 }, (_, index) => `frame ${index}`);
    for (const frame of frames) socket.send(frame);
    expect(await socket.take(500)).toEqual(frames);
  });

  it('keeps 50 sockets apart', async () => {
    const app = await RunningApp.start({ providers: [Echo] });
    const sockets = await Promise.all(Array.from({ length: 50 }, () => app.open('/echo')));
    sockets.forEach((socket, index) => socket.send(`only ${index}`));
    const frames = await Promise.all(sockets.map((socket) => socket.next()));
    expect(frames).toEqual(sockets.map((_, index) => `only ${index}`));
  });
});

@Injectable()
@Consumers({ path: '/rooms/:room' })
class Rooms {
  constructor(private readonly channels: Channels) {}

  @Consumer('websocket.connect')
  async join(@Msg() message: Message, @PathParam('room') room: string) {
    await this.channels.group(`room-${room}`).add(message.replyChannel);
    await message.accept();
  }

  @Consumer('websocket.receive')
  async said(@PathParam('room') room: string, @Content('text') text: string) {
    await this.channels.group(`room-${room}`).send({ text: `${room}: ${text}` });
  }
}

describe('a group over the whole path', () => {
  it('reaches every member of the room and nobody else', async () => {
    const app = await RunningApp.start({ providers: [Rooms] });
    const [ada, bob] = [await app.open('/rooms/blue'), await app.open('/rooms/blue')];
    const eve = await app.open('/rooms/red');
    ada.send('hi');
    expect(await ada.next()).toBe('blue: hi');
    expect(await bob.next()).toBe('blue: hi');
    eve.send('alone');
    expect(await eve.next()).toBe('red: alone');
  });

  it('loses a member when its connection ends', async () => {
    const app = await RunningApp.start({ providers: [Rooms] });
    const [ada, bob] = [await app.open('/rooms/blue'), await app.open('/rooms/blue')];
    await bob.close();
    ada.send('still here?');
    await ada.next();
    const members = await app.app.get(Channels).group('room-blue').channels();
    expect(members).toHaveLength(1);
  });
});

describe('the life of a connection', () => {
  it('is connect, frames and disconnect, in this order and with these keys', async () => {
    const seen = new Inbox<Message>();
    @Injectable()
    class Recorder {
      @Consumer('websocket.connect')
      connect(@Msg() message: Message) {
        seen.push(message);
        return message.accept();
      }
      @Consumer('websocket.receive')
      receive(@Msg() message: Message) {
        seen.push(message);
      }
      @Consumer('websocket.disconnect')
      disconnect(@Msg() message: Message) {
        seen.push(message);
      }
    }
    const app = await RunningApp.start({ providers: [Recorder] });
    const socket = await app.open('/a%20b?q=%41', { headers: { 'X-Test': 'One' } });
    socket.send('first');
    socket.send(Buffer.from([7]));
    await socket.close(3001);
    const messages = await seen.take(4);

    const reply_channel = messages[0].replyChannel.name;
    const path = '/a b';
    expect(reply_channel).toMatch(/^server\.[\w-]{22}!\w+$/);
    const [connect, ...others] = messages.map(({ channel, content }) => ({ channel, ...content }));
    expect(connect).toMatchObject({
      channel: 'websocket.connect',
      reply_channel,
      scheme: 'ws',
      path,
      query_string: Buffer.from('q=%41'),
      root_path: '',
      subprotocols: [],
      client: ['127.0.0.1', expect.any(Number)],
      server: ['127.0.0.1', app.port],
      order: 0,
    });
    expect(connect).toHaveProperty(
      'headers',
      expect.arrayContaining([[Buffer.from('x-test'), Buffer.from('One')]]),
    );
    expect(others).toEqual([
      { channel: 'websocket.receive', reply_channel, path, text: 'first', order: 1 },
      { channel: 'websocket.receive', reply_channel, path, bytes: Buffer.from([7]), order: 2 },
      { channel: 'websocket.disconnect', reply_channel, path, code: 3001, order: 3, settle: true },
    ]);
  });
});
