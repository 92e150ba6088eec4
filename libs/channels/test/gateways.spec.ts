import { describe, expect, it } from '@jest/globals';
import { Module, type Provider } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { WebSocketGateway } from '@nestjs/websockets';
import { type Gateway, Gateways } from '../src/gateways.js';

type AnyAdapter = typeof WsAdapter | typeof IoAdapter;

@WebSocketGateway()
class Plain {}

@WebSocketGateway({ path: 'feed/' })
class Feed {}

@WebSocketGateway(4000, { path: '/elsewhere' })
class Elsewhere {}

class Ordinary {}

/** Is an application that is never started, so that its gateways need no server. */
async function listed(Adapter?: AnyAdapter, ...more: Provider[]): Promise<Gateway[]> {
  @Module({
    imports: [DiscoveryModule],
    providers: [Gateways, Plain, Feed, Elsewhere, Ordinary, ...more],
  })
  class AppModule {}
  const app = await NestFactory.create(AppModule, { logger: false });
  if (Adapter) app.useWebSocketAdapter(new Adapter(app));
  return app.get(Gateways).list();
}

describe('Gateways', () => {
  it('are on their very paths with the ws adapter', async () => {
    expect(await listed(WsAdapter)).toEqual([
      { label: 'Plain', path: '/', extent: 'itself' },
      { label: 'Feed', path: '/feed', extent: 'itself' },
    ]);
  });

  it.each([
    ['the Socket.IO adapter', IoAdapter],
    ['no adapter', undefined],
  ])('are on their paths and all below with %s', async (_what, Adapter) => {
    expect(await listed(Adapter)).toEqual([
      { label: 'Plain', path: '/socket.io', extent: 'all below' },
      { label: 'Feed', path: '/feed', extent: 'all below' },
    ]);
  });

  it('are found among values and factories without fail', async () => {
    const value = { provide: 'value', useValue: null };
    const factory = { provide: 'factory', useFactory: () => 1 };
    expect(await listed(WsAdapter, value, factory)).toHaveLength(2);
  });
});
