import 'reflect-metadata';
import { Module, UseGuards, UseInterceptors } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ChannelsModule, Consumer, Content, memoryLayer } from 'nest-channels';
// The package shows none of these to its users.
import { SendScopes } from '../../libs/core/dist/send-scope.js';
import { Answers } from '../../libs/channels/dist/answers.js';
import { ChannelsSettings } from '../../libs/channels/dist/channels-options.js';
import { Dispatcher } from '../../libs/channels/dist/dispatcher.js';
import { RoutingTable } from '../../libs/channels/dist/routing-table.js';
import { Journal } from '../../libs/channels/dist/worker/journal.js';
import { Runs } from '../../libs/channels/dist/worker/runs.js';
import { WorkerEvents } from '../../libs/channels/dist/worker/worker-events.js';

const MAILBOX = 'server.bench!';
const CONTENT = { reply_channel: `${MAILBOX}1`, path: '/', order: 1, text: 'x'.repeat(64) };

/**
 * Makes an application without sockets and returns two ways to one method of its consumer.
 *
 * @param {string} method
 */
export async function startDispatching(method) {
  const layer = memoryLayer();
  layer.subscribe?.([MAILBOX], () => undefined);
  class AppModule {}
  Module({
    imports: [ChannelsModule.forRoot({ layers: { default: layer } })],
    providers: [Listeners],
  })(AppModule);
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error'] });
  const { clock, worker } = app.get(ChannelsSettings);
  const router = app.get(RoutingTable).router('default');
  const dispatcher = new Dispatcher({
    layer,
    router,
    scopes: app.get(SendScopes),
    answers: new Answers(router, worker),
    runs: new Runs(clock, worker.taskTimeoutMs),
    journal: new Journal(app.get(WorkerEvents)),
  });
  const consumer = app.get(Listeners);
  const channel = channelOf(method);
  return {
    dispatch: () => dispatcher.dispatch(channel, { ...CONTENT }),
    call: async () => consumer[method]({ ...CONTENT }.text),
  };
}

/** @param {string} method */
function channelOf(method) {
  return method === 'answering' ? 'websocket.receive' : `bench.${method}`;
}

class Listeners {
  /** @param {string} text */
  heard(text) {
    this.last = text;
  }

  /** @param {string} text */
  guarded(text) {
    this.last = text;
  }

  /** @param {string} text */
  answering(text) {
    this.last = text;
    return text;
  }
}

const guard = { canActivate: () => true };
const interceptor = {
  intercept: (/** @type {unknown} */ _context, /** @type {any} */ next) => next.handle(),
};
const pipe = { transform: (/** @type {unknown} */ value) => value };

const prototype = Listeners.prototype;
for (const method of ['heard', 'guarded', 'answering']) {
  Consumer(channelOf(method))(prototype, method);
}
Content('text')(prototype, 'heard', 0);
Content('text', pipe)(prototype, 'guarded', 0);
Content('text')(prototype, 'answering', 0);
const descriptor = Object.getOwnPropertyDescriptor(prototype, 'guarded');
UseGuards(guard)(prototype, 'guarded', descriptor);
UseInterceptors(interceptor)(prototype, 'guarded', descriptor);
