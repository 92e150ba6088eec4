import { afterEach, describe, expect, it } from '@jest/globals';
import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { ChannelsModule } from 'nest-channels';
import {
  ChannelsTest,
  ChannelsTestingModule,
  TestingModuleMissing,
  WorkerRunning,
} from '../src/index.js';
import { Echo, Jobs } from './support/consumers.js';
import { Tests } from './support/tests.js';

const tests = new Tests();
afterEach(tests.close);

async function applicationOf({ imports = [] }: ModuleMetadata): Promise<INestApplication> {
  const all = [ChannelsModule.forRoot(), ...imports];
  const module = await Test.createTestingModule({ imports: all, providers: [Echo, Jobs] })
    .overrideProvider(Echo)
    .useClass(Echo)
    .compile();
  return module.createNestApplication({ logger: false });
}

describe('a testing module of Nest with that of channels', () => {
  it.each(['still to be started', 'that runs'])('leads an application %s', async (state) => {
    const app = await applicationOf({ imports: [ChannelsTestingModule.forRoot()] });
    if (state === 'that runs') await app.init();
    const test = tests.add(await ChannelsTest.of(app));
    const socket = test.webSocket('/echo');
    expect(await socket.connect()).toEqual({ accepted: true });
    await socket.send('hello');
    expect(await socket.receive()).toBe('hello');
    await socket.receiveNothing();
    expect([test.app, test.layer().name]).toEqual([app, 'memory']);
  });

  it('has its worker in the hands of the test if that wants it', async () => {
    const imports = [ChannelsTestingModule.forRoot({ worker: 'by hand' })];
    const test = tests.add(await ChannelsTest.of(await applicationOf({ imports })));
    expect(await test.client().sendAndConsume('jobs', { id: 1 })).toBe('job 1');
  });

  it('takes no worker away from an application that runs', async () => {
    const imports = [ChannelsTestingModule.forRoot({ worker: 'by hand' })];
    const app = await applicationOf({ imports });
    await app.init();
    await expect(ChannelsTest.of(app)).rejects.toThrow(WorkerRunning);
    await app.close();
  });

  it('is what an application needs to be led', async () => {
    const app = await applicationOf({});
    await expect(ChannelsTest.of(app)).rejects.toThrow(TestingModuleMissing);
    await app.close();
  });
});
