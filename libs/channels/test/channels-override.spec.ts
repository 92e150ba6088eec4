import { expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  Channels,
  ChannelsModule,
  type ChannelsModuleOptions,
  ChannelsOverride,
  memoryLayer,
} from 'nest-channels';

class Smaller extends ChannelsOverride {
  apply(options: ChannelsModuleOptions): ChannelsModuleOptions {
    const small = () => memoryLayer({ capacity: 1 });
    return { ...options, layers: { ...options.layers, default: small } };
  }
}

it('a global override changes the options of an application', async () => {
  const provider = { provide: ChannelsOverride, useClass: Smaller };
  @Module({
    imports: [
      { module: class Kit {}, global: true, providers: [provider], exports: [ChannelsOverride] },
      ChannelsModule.forRoot({ layers: { bulk: memoryLayer } }),
    ],
  })
  class AppModule {}
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  const channels = app.get(Channels);
  await channels.channel('jobs').send({});
  await channels.channel('jobs', 'bulk').send({});
  await expect(channels.channel('jobs').send({})).rejects.toThrow('full');
  await channels.channel('jobs', 'bulk').send({});
  await app.close();
});
