import { afterEach, describe, expect, it } from '@jest/globals';
import { memoryLayer } from '@nest-channels/core';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  Channels,
  ChannelsModule,
  ChannelsRuntime,
  Consumer,
  Consumers,
  LocalLayer,
  WebsocketConsumer,
} from 'nest-channels';
import { Inbox } from './support/inbox.js';
import { LogRecorder } from './support/log-recorder.js';
import { RunningApp, stopApps } from './support/running-app.js';
import { sharedLayer } from './support/shared-layer.js';

afterEach(stopApps);

describe('ChannelsRuntime', () => {
  it('is ready from the end of the boot to the beginning of the shutdown', async () => {
    let atBoot: boolean | undefined;
    @Injectable()
    class Probe {
      constructor(private readonly runtime: ChannelsRuntime) {}
      onModuleInit() {
        atBoot = this.runtime.isReady;
      }
    }
    const app = await RunningApp.start({ providers: [Probe] });
    const runtime = app.app.get(ChannelsRuntime);
    expect([atBoot, runtime.isReady]).toEqual([false, true]);
    await app.stop();
    expect(runtime.isReady).toBe(false);
  });

  it('logs each route with its handler, and the channels it reads', async () => {
    @Injectable()
    class Jobs {
      @Consumer('jobs')
      run() {}
    }
    const { logs } = await RunningApp.start({ providers: [Jobs] });
    expect(logs.messages('log', 'Channels')).toEqual(['Mapped jobs → Jobs.run']);
    expect(logs.messages('log', 'Worker')).toEqual([
      'Reading from the memory layer "default": ' +
        'jobs, websocket.connect, websocket.disconnect, websocket.receive',
    ]);
  });

  it('counts connections, those who live with them, and what they and the worker did', async () => {
    @Consumers({ life: 'connection', path: '/resident' })
    class Resident extends WebsocketConsumer {}
    @Consumers({ path: '/guest' })
    class Guest extends WebsocketConsumer {}
    const app = await RunningApp.start({ providers: [Resident, Guest] });
    const runtime = app.app.get(ChannelsRuntime);
    await Promise.all(['/resident', '/guest', '/guest'].map((path) => app.open(path)));
    expect(runtime.serverStatistics()).toMatchObject({ connections: 3, framesLost: 0 });
    expect(runtime.residentStatistics()).toMatchObject({ residents: 1, handled: 1 });
    expect(runtime.workerStatistics()).toMatchObject({ handled: 2 });
  });

  it('runs neither part that is switched off', async () => {
    const got = new Inbox<string>();
    @Injectable()
    class Jobs {
      @Consumer('jobs')
      run() {
        got.push('run');
      }
    }
    const layers = { default: sharedLayer() };
    const options = { layers, worker: false as const, server: false as const };
    const app = await RunningApp.start({ providers: [Jobs], options });
    await app.app.get(Channels).channel('jobs').send({});
    expect(layers.default.statistics().messagesPending).toBe(1);
    await expect(app.open('/any')).rejects.toThrow();
    expect(got.size).toBe(0);
  });

  it('only sends in an application context', async () => {
    const layers = { default: sharedLayer() };
    @Module({ imports: [ChannelsModule.forRoot({ layers })] })
    class AppModule {}
    const context = await NestFactory.createApplicationContext(AppModule, {
      logger: new LogRecorder(),
    });
    expect(context.get(ChannelsRuntime).isReady).toBe(false);
    await context
      .get(Channels)
      .channel('websocket.connect')
      .send({} as never);
    expect(layers.default.statistics().messagesPending).toBe(1);
    await context.close();
  });

  it('says that a worker has nothing to read before it waits for a layer, and closes that', async () => {
    const came: string[] = [];
    const layer = Object.assign(memoryLayer(), {
      reach: 'machine' as const,
      ready: () => Promise.resolve(void came.push('ready')),
      close: () => Promise.resolve(void came.push('closed')),
    });
    const options = { layers: { default: layer }, worker: { onlyChannels: ['none'] } };
    @Module({ imports: [ChannelsModule.forRoot(options)] })
    class AppModule {}
    const logger = new LogRecorder();
    const context = await NestFactory.createApplicationContext(AppModule, { logger });
    const runtime = context.get(ChannelsRuntime);
    runtime.assume('worker');
    await expect(runtime.start()).rejects.toThrow('no channel that has a route is left to read');
    expect(came).toEqual(['closed']);
  });

  it('takes no role of its own on a layer that ends at the process', async () => {
    const { app } = await RunningApp.start({});
    expect(() => app.get(ChannelsRuntime).assume('worker')).toThrow(LocalLayer);
  });
});
