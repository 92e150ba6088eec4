import { describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { memoryLayer } from '@nest-channels/core';
import { Channels, ChannelsModule } from 'nest-channels';
import { ChannelsSettings } from '../src/channels-options.js';
import { GivenOptions } from '../src/given-options.js';
import { processModule } from '../src/process-module.js';

describe('processModule', () => {
  it('gives an application the options of its process', async () => {
    const [main, bulk] = [memoryLayer(), memoryLayer()];
    const layers = { default: main, bulk };
    @Module({ imports: [ChannelsModule.forRootAsync({ useFactory: () => ({ layers }) })] })
    class AppModule {}

    const given = new GivenOptions('bulk', { rootPath: '/live' });
    const root = processModule(AppModule, given);
    const app = await NestFactory.createApplicationContext(root, { logger: false });
    expect(app.get(ChannelsSettings, { strict: false }).server.rootPath).toBe('/live');
    await app.get(Channels).channel('jobs').send({});
    expect([main, bulk].map((layer) => layer.statistics().messagesPending)).toEqual([0, 1]);
    await app.close();
  });
});
