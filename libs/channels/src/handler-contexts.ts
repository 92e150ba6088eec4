import { MalformedJson } from '@nest-channels/core';
import { Catch, type ExceptionFilter, Injectable } from '@nestjs/common';
import {
  ApplicationConfig,
  ExternalContextCreator,
  ModulesContainer,
  NestContainer,
} from '@nestjs/core';
import { ChannelsSettings } from './channels-options.js';
import { RefusedFrame } from './errors.js';

/**
 * Makes Nest's pipelines for handlers, with the application's global enhancers or without.
 *
 * Nest's own `ExternalContextCreator` always has them. This one looks into the same modules, so
 * that enhancers of methods and classes are the ones of their module, whichever way.
 */
@Injectable()
export class HandlerContexts {
  /** Holds the global enhancers that run around handlers. */
  readonly globals: ApplicationConfig;
  readonly creator: ExternalContextCreator;

  constructor(
    modules: ModulesContainer,
    application: ApplicationConfig,
    { globalEnhancers }: ChannelsSettings,
  ) {
    this.globals = globalEnhancers ? application : new ApplicationConfig();
    const container = new HandlerContainer(modules, withoutLog(this.globals));
    this.creator = ExternalContextCreator.fromContainer(container);
  }
}

class HandlerContainer extends NestContainer {
  constructor(
    private readonly shared: ModulesContainer,
    config: ApplicationConfig,
  ) {
    super(config);
  }

  override getModules(): ModulesContainer {
    return this.shared;
  }
}

/** Adds, behind all filters, the one that keeps a client's mistakes out of Nest's error log. */
function withoutLog(globals: ApplicationConfig): ApplicationConfig {
  const last = new LeaveToDispatcher();
  // What is registered later shows through, as nothing is copied.
  const config = Object.create(globals) as ApplicationConfig;
  config.getGlobalFilters = () => [last, ...globals.getGlobalFilters()];
  return config;
}

@Catch(MalformedJson, RefusedFrame)
class LeaveToDispatcher implements ExceptionFilter<Error> {
  catch(error: Error): never {
    throw error;
  }
}
