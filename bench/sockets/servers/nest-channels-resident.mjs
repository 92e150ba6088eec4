import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Channels, ChannelsModule, Consumers, WebsocketConsumer } from 'nest-channels';

const EVERYBODY = 'everybody';

/** Is a consumer of which each connection has one. */
class Echo extends WebsocketConsumer {
  groups = [EVERYBODY];

  /** @param {string} text */
  receive(text) {
    return text;
  }
}
Consumers({ life: 'connection', path: '/' })(Echo);

/** Serves with this project, in life `connection`. */
export async function start() {
  class AppModule {}
  Module({
    imports: [ChannelsModule.forRoot({ server: { maxHandshakesPerSecond: Infinity } })],
    providers: [Echo],
  })(AppModule);
  const app = await NestFactory.create(AppModule, { logger: ['fatal', 'error', 'warn'] });
  await app.listen(0, '127.0.0.1');
  const everybody = app.get(Channels).group(EVERYBODY);
  return {
    http: app.getHttpServer(),
    broadcast: (/** @type {string} */ text) => void everybody.send({ text }),
    sendEach: () => undefined,
  };
}
