import { SendScopes } from '@nest-channels/core';
import { ConfigurableModuleBuilder, type DynamicModule, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { type ChannelsModuleOptions, ChannelsSettings } from './channels-options.js';
import { ChannelsOverride } from './channels-override.js';
import { ChannelsRuntime } from './channels-runtime.js';
import { Channels } from './channels.js';
import { ClientScriptRoute } from './client-script/client-script-route.js';
import { Residences } from './connection-life/residences.js';
import { Residents } from './connection-life/residents.js';
import { ConsumerExplorer } from './consumer.explorer.js';
import { ConsumerFlags } from './consumers/consumer-flags.js';
import { ConsumerHandlers } from './consumers/consumer-handlers.js';
import { StreamStaff } from './consumers/stream-staff.js';
import { EnhancerChains } from './enhancer-chain.js';
import { HandlerContexts } from './handler-contexts.js';
import { Gateways } from './gateways.js';
import { HandlerFactory } from './handler.js';
import { Layers } from './layers.js';
import { AllowedHosts } from './origin/allowed-hosts.js';
import { RoutingTable } from './routing-table.js';
import { InterfaceServer } from './server/interface-server.js';
import { ManualWorker } from './worker/manual-worker.js';
import { Worker } from './worker/worker.js';
import { WorkerEvents } from './worker/worker-events.js';

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<ChannelsModuleOptions>()
    .setClassMethodName('forRoot')
    .setExtras({ isGlobal: true }, (definition, { isGlobal }) => ({
      ...definition,
      global: isGlobal,
    }))
    .build();

/**
 * Gives an application channels: import `ChannelsModule.forRoot()` once, in the root module.
 *
 * Without options it carries messages in memory and runs interface server and worker in the
 * application's own process. `forRootAsync({ useFactory, inject })` takes the options from elsewhere.
 */
@Module({
  imports: [DiscoveryModule],
  providers: [
    {
      provide: ChannelsSettings,
      useFactory: (options: ChannelsModuleOptions, override?: ChannelsOverride) =>
        new ChannelsSettings(override?.apply(options) ?? options),
      inject: [MODULE_OPTIONS_TOKEN, { token: ChannelsOverride, optional: true }],
    },
    {
      provide: SendScopes,
      useFactory: ({ clock }: ChannelsSettings) => new SendScopes(clock),
      inject: [ChannelsSettings],
    },
    {
      provide: AllowedHosts,
      useFactory: allowedHosts,
      inject: [ChannelsSettings],
    },
    Layers,
    Channels,
    ConsumerExplorer,
    Gateways,
    EnhancerChains,
    HandlerContexts,
    HandlerFactory,
    ConsumerFlags,
    StreamStaff,
    ConsumerHandlers,
    Residences,
    RoutingTable,
    Residents,
    InterfaceServer,
    WorkerEvents,
    Worker,
    ManualWorker,
    ChannelsRuntime,
    ClientScriptRoute,
  ],
  exports: [AllowedHosts, Channels, ChannelsRuntime, ConsumerFlags, ManualWorker, WorkerEvents],
})
export class ChannelsModule extends ConfigurableModuleClass {
  /** Takes the options as they are; a module is global unless `isGlobal` says otherwise. */
  static override forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    return super.forRoot(options);
  }
}

/** Leaves entries that cannot be read to the check of all settings, which lists them. */
function allowedHosts(settings: ChannelsSettings): AllowedHosts {
  return new AllowedHosts(settings.problems().length > 0 ? [] : settings.allowedHosts);
}
