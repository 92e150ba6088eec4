import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
} from '@nestjs/websockets';

/**
 * Starts a Nest application with gateways, of which the first echoes.
 *
 * @param {object} parts
 * @param {number} [parts.classes]
 * @param {number} [parts.handlersPerClass]
 * @param {(app: import('@nestjs/common').INestApplication) => object} parts.adapterOf
 */
export async function startGateways({ classes = 1, handlersPerClass = 1, adapterOf, options }) {
  const gateways = Array.from({ length: classes }, (_, index) =>
    gateway(index, handlersPerClass, options),
  );
  class AppModule {}
  Module({ providers: gateways })(AppModule);
  const app = await NestFactory.create(AppModule, { logger: ['fatal', 'error', 'warn'] });
  app.useWebSocketAdapter(adapterOf(app));
  await app.listen(0, '127.0.0.1');
  return { http: app.getHttpServer(), server: app.get(gateways[0]).server };
}

/**
 * Makes a gateway; plain JavaScript has no syntax for decorators.
 *
 * @param {number} index
 * @param {number} handlers
 */
function gateway(index, handlers, options) {
  class Gateway {}
  WebSocketGateway(options)(Gateway);
  WebSocketServer()(Gateway.prototype, 'server');
  for (let handler = 0; handler < handlers; handler++) {
    const event = index + handler === 0 ? 'echo' : `echo-${index}-${handler}`;
    subscribe(Gateway.prototype, event);
  }
  return Gateway;
}

/**
 * @param {object} prototype
 * @param {string} event
 */
function subscribe(prototype, event) {
  /** @param {string} data */
  const value = (data) => ({ event, data });
  Object.defineProperty(prototype, event, { value });
  SubscribeMessage(event)(prototype, event, { value });
  MessageBody()(prototype, event, 0);
}
