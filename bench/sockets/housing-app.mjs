import 'reflect-metadata';
import { Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Channels, ChannelsModule, Consumers, WebsocketConsumer } from 'nest-channels';
// The package does not show it to its users.
import { Residents } from '../../libs/channels/dist/connection-life/residents.js';

const CONNECT = { path: '/', order: 0 };

class Rooms {}

/** Is a consumer with a dependency of its application and one of the package. */
class Chat extends WebsocketConsumer {
  /**
   * @param {Rooms} rooms
   * @param {Channels} channels
   */
  constructor(rooms, channels) {
    super();
    this.rooms = rooms;
    this.channels = channels;
  }
}
Consumers({ life: 'connection', path: '/' })(Chat);
Inject(Rooms)(Chat, undefined, 0);
Inject(Channels)(Chat, undefined, 1);

/** Makes an application without sockets whose consumers live with connections that only seem. */
export async function startHousing() {
  class AppModule {}
  Module({ imports: [ChannelsModule.forRoot()], providers: [Rooms, Chat] })(AppModule);
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error'] });
  /** @type {(() => void) | undefined} */
  let accepted;
  const line = app.get(Residents).open(() => accepted?.());
  let count = 0;
  /** Takes a connection in until it is accepted, and lets it leave. */
  const house = async () => {
    const reply_channel = `server.bench!${++count}`;
    const done = new Promise((resolve) => (accepted = () => resolve(undefined)));
    await line?.send('websocket.connect', { ...CONNECT, reply_channel });
    await done;
    await line?.send('websocket.disconnect', { ...CONNECT, reply_channel, code: 1000 });
  };
  const close = async () => {
    line?.close();
    await app.close();
  };
  return { house, close };
}
