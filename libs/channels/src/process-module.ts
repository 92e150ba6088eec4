import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { ChannelsOverride } from './channels-override.js';
import type { GivenOptions } from './given-options.js';

@Module({})
class ProcessModule {}

/** Returns a root module that runs an application with the options its process was given. */
export function processModule(application: Type, given: GivenOptions): DynamicModule {
  return {
    module: ProcessModule,
    global: true,
    imports: [application],
    providers: [{ provide: ChannelsOverride, useValue: given }],
    exports: [ChannelsOverride],
  };
}
