import 'reflect-metadata';
import { setTimeout as wait } from 'node:timers/promises';
import { Inject, Module, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { redisLayer } from '@nest-channels/redis';
import { Channels, ChannelsModule, Consumer, Content, Msg } from 'nest-channels';

/** The load comes from one machine and at once; everything else keeps its default. */
const SERVER = { maxHandshakesPerSecond: Infinity };
const EVERYBODY = 'everybody';

/**
 * Serves with this project.
 *
 * @param {object} options
 * @param {number} [options.handlers] Is how many handlers there are, the one that echoes included.
 * @param {boolean} [options.joins] Adds each connection to the group that broadcasts go to.
 * @param {number} [options.guardMs] Is how long a guard on connect takes.
 * @param {number} [options.redisPort] Is where the layer is, if this is only a part of the whole.
 * @param {'server' | 'worker'} [options.part]
 */
export async function start({ handlers = 1, joins = false, guardMs = 0, redisPort, part }) {
  const others = Array.from({ length: handlers - 1 }, (_, index) => other(index));
  const gates = [...(joins ? [lobby()] : []), ...(guardMs > 0 ? [guarded(guardMs)] : [])];
  class AppModule {}
  Module({
    imports: [
      ChannelsModule.forRoot({
        server: part === 'worker' ? false : SERVER,
        ...(part === 'server' ? { worker: false } : {}),
        ...(redisPort ? { layers: { default: redisLayer({ url: urlOf(redisPort) }) } } : {}),
      }),
    ],
    providers: [echo(), ...others, ...gates],
  })(AppModule);
  const app = await NestFactory.create(AppModule, { logger: ['fatal', 'error', 'warn'] });
  await app.listen(0, '127.0.0.1');
  const channels = app.get(Channels);
  const everybody = channels.group(EVERYBODY);
  const broadcast = (/** @type {string} */ text) => void everybody.send({ text });
  const sendEach = async (/** @type {() => string} */ textOf) => {
    for (const name of await everybody.channels())
      void channels.channel(name).send({ text: textOf() });
  };
  return { http: app.getHttpServer(), broadcast, sendEach };
}

/** @param {number} port */
function urlOf(port) {
  return `redis://127.0.0.1:${port}`;
}

function echo() {
  class Echo {
    /** @param {string} text */
    said(text) {
      return text;
    }
  }
  Consumer('websocket.receive')(Echo.prototype, 'said');
  Content('text')(Echo.prototype, 'said', 0);
  return Echo;
}

/** @param {number} index */
function other(index) {
  class Other {
    heard() {}
  }
  Consumer('websocket.receive', { path: `/others/${index}/:room` })(Other.prototype, 'heard');
  return Other;
}

function lobby() {
  class Lobby {
    /** @param {import('nest-channels').Message} message */
    async join(message) {
      await this.channels.group(EVERYBODY).add(message.replyChannel);
      await message.accept();
    }
  }
  Inject(Channels)(Lobby.prototype, 'channels');
  Consumer('websocket.connect')(Lobby.prototype, 'join');
  Msg()(Lobby.prototype, 'join', 0);
  return Lobby;
}

/** @param {number} guardMs */
function guarded(guardMs) {
  class Guarded {
    /** @param {import('nest-channels').Message} message */
    enter(message) {
      return message.accept();
    }
  }
  const guard = { canActivate: () => wait(guardMs, true) };
  const enter = Object.getOwnPropertyDescriptor(Guarded.prototype, 'enter');
  UseGuards(guard)(Guarded.prototype, 'enter', enter);
  Consumer('websocket.connect')(Guarded.prototype, 'enter');
  Msg()(Guarded.prototype, 'enter', 0);
  return Guarded;
}
