import { describe, expect, it } from '@jest/globals';
import { forwardRef, Module } from '@nestjs/common';
import { ChannelsModule } from 'nest-channels';
import { importChannels } from '../src/channels-imports.js';

@Module({})
class Plain {}

@Module({ imports: [Plain, ChannelsModule.forRoot()] })
class Root {}

@Module({ imports: [forwardRef(() => Root)] })
class Around {}

describe('importChannels', () => {
  it.each([
    ['nothing', []],
    ['a module without', [Plain]],
    ['a dynamic module without', [{ module: Plain, imports: [] }]],
  ])('finds no channels in %s', async (_what, imports) => {
    expect(await importChannels(imports)).toBe(false);
  });

  it.each([
    ['the module itself', [ChannelsModule.forRoot()]],
    ['a module that imports it', [Plain, Root]],
    ['a module behind a forward reference', [Around]],
    ['a dynamic module that imports it', [{ module: Plain, imports: [Root] }]],
    ['a module that is promised', [Promise.resolve({ module: Plain, imports: [Root] })]],
  ])('finds channels in %s', async (_what, imports) => {
    expect(await importChannels(imports)).toBe(true);
  });

  it('gets out of a circle', async () => {
    class One {}
    class Other {}
    Module({ imports: [forwardRef(() => Other)] })(One);
    Module({ imports: [One] })(Other);
    expect(await importChannels([One])).toBe(false);
  });
});
