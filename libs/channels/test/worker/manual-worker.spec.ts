import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  Channels,
  ChannelsModule,
  ConsumeLater,
  Consumer,
  Content,
  DenyConnection,
  ManualWorker,
} from 'nest-channels';

Logger.overrideLogger(false);

@Injectable()
class Jobs {
  constructor(private readonly channels: Channels) {}

  @Consumer('jobs')
  async work(@Content() job: { id: number; fail?: boolean; later?: boolean }) {
    await this.channels.channel('reports').send({ id: job.id });
    if (job.later) throw new ConsumeLater();
    if (job.fail) throw new Error('no');
    return job.id;
  }

  @Consumer('websocket.connect', { path: '/' })
  deny() {
    throw new DenyConnection({ status: 404 });
  }
}

@Module({ imports: [ChannelsModule.forRoot()], providers: [Jobs] })
class AppModule {}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function start(): Promise<{ worker: ManualWorker; channels: Channels }> {
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  closing.push(() => app.close());
  return {
    worker: app.get(ManualWorker, { strict: false }),
    channels: app.get(Channels, { strict: false }),
  };
}

describe('a manual worker', () => {
  it('handles the next message, sends included, and tells what became of it', async () => {
    const { worker, channels } = await start();
    await channels.channel('jobs').send({ id: 1 });
    expect(await worker.consume('jobs')).toEqual({
      content: { id: 1 },
      ending: 'returned',
      value: 1,
    });
    expect(await worker.consume('reports')).toMatchObject({ ending: 'unrouted' });
    expect(await worker.consume('jobs')).toBeUndefined();
    expect(worker.channels()).toEqual(['jobs', 'websocket.connect']);
  });

  it('tells what a handler throws, and keeps no message', async () => {
    const { worker, channels } = await start();
    await channels.channel('jobs').send({ id: 1, fail: true });
    await channels.channel('jobs').send({ id: 2, later: true });
    expect(await worker.consume('jobs')).toMatchObject({ ending: 'threw', error: Error('no') });
    const later = await worker.consume('jobs');
    expect(later?.error).toBeInstanceOf(ConsumeLater);
    expect(await worker.consume('jobs')).toBeUndefined();
  });

  it('answers as a worker does', async () => {
    const { worker, channels } = await start();
    const content = { reply_channel: 'client!1', path: '/' };
    await channels.channel<string>('websocket.connect').send(content);
    await worker.consume('websocket.connect');
    const [reply] = await channels
      .layer()
      .receive(['client!'], { signal: new AbortController().signal });
    expect(reply.content).toMatchObject({ accept: false, status: 404 });
  });

  it('goes by other routes when it is told to', async () => {
    const { worker, channels } = await start();
    const run = () => Promise.resolve('other');
    const handler = { label: 'other', run };
    const routes = { match: () => ({ handler, params: {} }), covers: () => true, paths: [] };
    await channels.channel('jobs').send({ id: 1 });
    expect(await worker.consume('jobs', { routes })).toMatchObject({ value: 'other' });
  });
});
