import { ConfigurableModuleBuilder, Module } from '@nestjs/common';
import { Revocation } from './revocation.js';
import { SaveSessions } from './save-sessions.js';
import { SessionFlags } from './session-flags.js';
import { SessionWatch } from './session-watch.js';
import { Sessions } from './sessions.js';
import { type SessionsModuleOptions, SessionsSettings } from './sessions-options.js';
import { SessionsRuntime } from './sessions-runtime.js';

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<SessionsModuleOptions>()
    .setClassMethodName('forRoot')
    .setExtras({ isGlobal: true }, (definition, { isGlobal }) => ({
      ...definition,
      global: isGlobal,
    }))
    .build();

/**
 * Gives handlers sessions and users.
 *
 * Import `SessionsModule.forRoot({ store, secret })` once, beside `ChannelsModule`, with the store and
 * secret that the application gives to express-session.
 *
 * `forRootAsync({ useFactory, inject })` takes the options from elsewhere.
 */
@Module({
  providers: [
    {
      provide: SessionsSettings,
      useFactory: (options: SessionsModuleOptions) => new SessionsSettings(options),
      inject: [MODULE_OPTIONS_TOKEN],
    },
    Revocation,
    SessionWatch,
    Sessions,
    SaveSessions,
    SessionFlags,
    SessionsRuntime,
  ],
  exports: [SessionsSettings, Sessions, Revocation],
})
export class SessionsModule extends ConfigurableModuleClass {}
