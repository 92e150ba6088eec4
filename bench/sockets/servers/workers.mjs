import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ChannelsModule,
  ChannelsRuntime,
  Consumer,
  Content,
  EnforceOrdering,
  memoryLayer,
} from 'nest-channels';

/**
 * Serves with one interface server and several workers that share a layer.
 *
 * @param {object} options
 * @param {number} options.workers
 * @param {boolean} [options.isOrdered]
 */
export async function start({ workers, isOrdered = false }) {
  const layers = { default: memoryLayer() };
  const apps = [];
  for (let count = 0; count < workers; count++) {
    apps.push(await startApp({ layers, server: false }, [echo(isOrdered)]));
  }
  const server = await startApp({ layers, worker: false }, []);
  const dispatches = () =>
    apps.reduce((sum, app) => sum + app.get(ChannelsRuntime).workerStatistics().handled, 0);
  return { http: server.getHttpServer(), dispatches };
}

async function startApp(options, providers) {
  class AppModule {}
  Module({ imports: [ChannelsModule.forRoot(options)], providers })(AppModule);
  const app = await NestFactory.create(AppModule, { logger: ['fatal', 'error', 'warn'] });
  await app.listen(0, '127.0.0.1');
  return app;
}

/** @param {boolean} isOrdered */
function echo(isOrdered) {
  class Echo {
    /** @param {string} text */
    said(text) {
      return text;
    }
  }
  Consumer('websocket.receive')(Echo.prototype, 'said');
  Content('text')(Echo.prototype, 'said', 0);
  if (isOrdered) EnforceOrdering()(Echo);
  return Echo;
}
