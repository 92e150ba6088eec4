import { describe, expect, it } from '@jest/globals';
import { Inject, Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Channels, ChannelsModule, ChannelsRuntime } from 'nest-channels';

@Injectable()
class Sender {
  constructor(
    readonly channels: Channels,
    @Inject(ChannelsRuntime) readonly runtime: ChannelsRuntime,
  ) {}
}

@Module({ providers: [Sender] })
class FeatureModule {}

describe('ChannelsModule', () => {
  it('gives Channels and ChannelsRuntime to every module of the application', async () => {
    const module = await Test.createTestingModule({
      imports: [ChannelsModule.forRoot(), FeatureModule],
    }).compile();
    expect(module.get(Sender, { strict: false }).channels).toBeInstanceOf(Channels);
    expect(module.get(Sender, { strict: false }).runtime).toBeInstanceOf(ChannelsRuntime);
  });

  it('stays with its importers when it is not to be global', async () => {
    const compiled = Test.createTestingModule({
      imports: [ChannelsModule.forRoot({ isGlobal: false }), FeatureModule],
    }).compile();
    await expect(compiled).rejects.toThrow('Channels');
  });

  it('makes a layer of its own for each application', async () => {
    const definition = ChannelsModule.forRoot();
    const compile = async (): Promise<Channels> =>
      (await Test.createTestingModule({ imports: [definition] }).compile()).get(Channels);
    expect((await compile()).layer()).not.toBe((await compile()).layer());
  });
});
