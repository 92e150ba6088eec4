import { type DynamicModule, Module } from '@nestjs/common';
import { ChannelsOverride } from 'nest-channels';
import { type ChannelsTestingOptions, Custody } from './custody.js';
import { World } from './world.js';

/**
 * Takes the layers, the network and the time of an application into the hands of a test.
 *
 * It stands in the imports of `Test.createTestingModule()`, beside the application's modules:
 *
 * ```ts
 * const module = await Test.createTestingModule({
 *   imports: [ChannelsTestingModule.forRoot(), AppModule],
 * }).compile();
 * const test = await ChannelsTest.of(module.createNestApplication());
 * ```
 *
 * `createChannelsTest()` is shorter, and does all of this.
 */
@Module({})
export class ChannelsTestingModule {
  /** Returns the module for one application, which is all there is in its world. */
  static forRoot(options: ChannelsTestingOptions = {}): DynamicModule {
    return testingModuleOf(new Custody(new World(options), options));
  }
}

/** Returns the module for an application in this custody; others may be in the same world. */
export function testingModuleOf(custody: Custody): DynamicModule {
  return {
    module: ChannelsTestingModule,
    global: true,
    providers: [
      { provide: ChannelsOverride, useValue: custody.world.layers },
      { provide: Custody, useValue: custody },
    ],
    exports: [ChannelsOverride],
  };
}
