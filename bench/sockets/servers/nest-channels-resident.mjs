import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Channels, ChannelsModule, Consumer, Consumers, WebsocketConsumer } from 'nest-channels';

const EVERYBODY = 'everybody';

/**
 * Serves with this project, in life `connection`.
 *
 * @param {object} options
 * @param {boolean} [options.joins] Adds each connection to the group that broadcasts go to.
 * @param {boolean} [options.events] Broadcasts events, which each consumer handles; frames otherwise.
 */
export async function start({ joins = false, events = false }) {
  class AppModule {}
  Module({
    imports: [ChannelsModule.forRoot({ server: { maxHandshakesPerSecond: Infinity } })],
    providers: [echo(joins ? [EVERYBODY] : [])],
  })(AppModule);
  const app = await NestFactory.create(AppModule, { logger: ['fatal', 'error', 'warn'] });
  await app.listen(0, '127.0.0.1');
  const everybody = app.get(Channels).group(EVERYBODY);
  return {
    http: app.getHttpServer(),
    broadcast: (/** @type {string} */ text) =>
      void everybody.send(events ? { type: 'said', text } : { text }),
    sendEach: () => undefined,
  };
}

/**
 * Is a consumer of which each connection has one.
 *
 * @param {readonly string[]} groups
 */
function echo(groups) {
  class Echo extends WebsocketConsumer {
    groups = groups;

    /** @param {string} text */
    receive(text) {
      return text;
    }

    /** @param {import('nest-channels').Message} message */
    said({ content }) {
      return this.send(String(content['text']));
    }
  }
  Consumers({ life: 'connection', path: '/' })(Echo);
  Consumer('said')(Echo.prototype, 'said');
  return Echo;
}
