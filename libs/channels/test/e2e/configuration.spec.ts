import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  Channels,
  ChannelsModule,
  Consumer,
  Consumers,
  InvalidConfiguration,
  LocalLayer,
  memoryLayer,
  runServer,
  runWorker,
  UnknownLayer,
} from 'nest-channels';
import { LogRecorder } from '../support/log-recorder.js';
import { RunningApp, stopApps } from '../support/running-app.js';

afterEach(stopApps);

@Injectable()
@Consumers({ layer: 'bulk' })
class Misplaced {
  @Consumer('jobs')
  work() {}
}

@Injectable()
class Twin {
  @Consumer('websocket.receive', { path: '/same/:id' })
  one() {}

  @Consumer(['websocket.receive', 'other'], { path: '/same/:id' })
  two() {}
}

@Injectable()
class Misnamed {
  @Consumer('bad name')
  name() {}

  @Consumer('websocket.receive', { path: 'no-slash' })
  slash() {}

  @Consumer('websocket.receive', { path: '/x/:' })
  colon() {}

  @Consumer('websocket.receive', { text: /(unnamed)/ })
  unnamed() {}
}

@Controller()
class OnController {
  @Consumer('websocket.receive')
  receive() {}
}

describe('a wrong configuration', () => {
  it('stops the boot with one message that lists every mistake', async () => {
    const boot = RunningApp.start({
      providers: [Misplaced, Twin, Misnamed],
      controllers: [OnController],
      options: {
        server: { layer: 'fast', allowedOrigins: ['app.example'] },
        worker: { concurrency: 0 },
      },
    });
    const error: unknown = await boot.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InvalidConfiguration);
    expect((error as InvalidConfiguration).code).toBe('CHANNELS_CONFIG_INVALID');
    expect((error as InvalidConfiguration).problems).toEqual([
      'worker.concurrency: expected a whole number over 0, got 0',
      'server.allowedOrigins: expected an origin like "https://app.example", got "app.example"',
      'the server option: there is no layer "fast"; ChannelsModule has "default"',
      'OnController.receive (websocket.receive): @Consumer on a controller; move it to a provider',
      'Misplaced.work: there is no layer "bulk"; ChannelsModule has "default"',
      'Twin.two (websocket.receive path=/same/:id): Twin.one handles this already',
      expect.stringMatching(/^Misnamed\.name \(bad name\): Invalid receivable channel name/),
      expect.stringMatching(/^Misnamed\.slash \(websocket\.receive\): Invalid pattern "no-slash"/),
      expect.stringMatching(/^Misnamed\.colon \(websocket\.receive\): Invalid pattern "\/x\/:"/),
      expect.stringMatching(
        /^Misnamed\.unnamed \(websocket\.receive\): Invalid pattern .*name its/,
      ),
    ]);
    expect((error as Error).message).toContain('has 10 mistakes:\n  - ');
    expect((error as Error).stack).not.toContain('    at ');
  });
});

describe('a layer by alias', () => {
  it('carries what its consumers and senders name it for', async () => {
    const got: string[] = [];
    @Injectable()
    @Consumers({ layer: 'bulk' })
    class Bulk {
      @Consumer('jobs')
      work() {
        got.push('bulk');
      }
    }
    const layers = { default: () => memoryLayer(), bulk: () => memoryLayer() };
    const app = await RunningApp.start({ providers: [Bulk], options: { layers } });
    const channels = app.app.get(Channels);
    await channels.channel('jobs', 'bulk').send({});
    await channels.channel('jobs').send({});
    await app.stop();
    expect(got).toEqual(['bulk']);
  });

  it('that is unknown is refused where it is asked for', async () => {
    const app = await RunningApp.start({});
    expect(() => app.app.get(Channels).channel('jobs', 'bulk')).toThrow(UnknownLayer);
  });
});

describe('forRootAsync', () => {
  it('takes its options from a factory with injected providers', async () => {
    @Module({ providers: [{ provide: 'CONCURRENCY', useValue: 0 }], exports: ['CONCURRENCY'] })
    class ConfigModule {}
    @Module({
      imports: [
        ChannelsModule.forRootAsync({
          imports: [ConfigModule],
          inject: ['CONCURRENCY'],
          useFactory: (concurrency: number) => ({ worker: { concurrency } }),
        }),
      ],
    })
    class AppModule {}
    const app = await NestFactory.create(AppModule, { logger: new LogRecorder() });
    await expect(app.init()).rejects.toThrow('worker.concurrency');
    await app.close();
  });
});

describe('two applications in one process', () => {
  const roomOf = (name: string): Promise<RunningApp> => {
    @Injectable()
    class Named {
      @Consumer('websocket.receive')
      who() {
        return name;
      }
    }
    return RunningApp.start({ providers: [Named] });
  };

  it('share nothing', async () => {
    const apps = [await roomOf('one'), await roomOf('two')];
    const sockets = await Promise.all(apps.map((app) => app.open('/')));
    for (let round = 0; round < 10; round++) sockets.forEach((socket) => socket.send('?'));
    expect(new Set(await sockets[0].take(10))).toEqual(new Set(['one']));
    expect(new Set(await sockets[1].take(10))).toEqual(new Set(['two']));
  });
});

describe('processes of their own', () => {
  @Module({ imports: [ChannelsModule.forRoot()] })
  class AppModule {}
  const OPTIONS = { args: [], abortOnError: false };

  it.each([
    ['runWorker', runWorker, 'A worker process cannot run on the "memory" layer'],
    ['runServer', runServer, 'A server process cannot run on the "memory" layer'],
  ] as const)('%s refuses the memory layer and says why', async (_name, run, why) => {
    const error: unknown = await run(AppModule, OPTIONS).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(LocalLayer);
    expect((error as LocalLayer).code).toBe('CHANNELS_LAYER_LOCAL');
    expect((error as Error).message).toContain(why);
  });
});
