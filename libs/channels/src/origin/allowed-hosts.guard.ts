import 'reflect-metadata';
import type { Message } from '@nest-channels/core';
import { applyDecorators, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { InvalidConfiguration } from '../errors.js';
import { AllowedHosts, hostProblems } from './allowed-hosts.js';
import { OriginGuard } from './origin.guard.js';

const HOSTS = Symbol('channels:allowed-hosts');

/** Is where Nest keeps the guards of a class or method. */
const GUARDS = '__guards__';

/** Lets pages of allowed hosts connect: those of `@AllowedHostsOnly()`, else those of the module. */
@Injectable()
export class AllowedHostsGuard extends OriginGuard {
  constructor(@Inject(AllowedHosts) private readonly hosts: AllowedHosts) {
    super();
  }

  protected override validateOrigin(
    origin: string,
    _message: Message<'websocket.connect'>,
    context: ExecutionContext,
  ): boolean {
    return (hostsOf(context) ?? this.hosts).has(origin);
  }
}

/**
 * Denies connections of pages from elsewhere with 403, on a handler of connect or on a class.
 *
 * @param hosts are `app.example`, `.app.example` for all below it too, `app.example:8000`,
 *   `https://app.example` or `*`; those of the module's `allowedHosts` if none are given
 * @throws InvalidConfiguration `CHANNELS_CONFIG_INVALID` for an entry that is none of these
 */
export function AllowedHostsOnly(...hosts: string[]): ClassDecorator & MethodDecorator {
  const problems = hostProblems('@AllowedHostsOnly', hosts);
  if (problems.length > 0) throw new InvalidConfiguration(problems);
  const guarded = guardFirst();
  if (hosts.length === 0) return guarded;
  return applyDecorators(guarded, keepHosts(new AllowedHosts(hosts)));
}

/** Other guards may look up who comes: that is done for pages that may connect only. */
function guardFirst(): ClassDecorator & MethodDecorator {
  return (target: object, _method?: string | symbol, descriptor?: PropertyDescriptor): void => {
    const owner = (descriptor?.value as object | undefined) ?? target;
    const others = (Reflect.getMetadata(GUARDS, owner) ?? []) as unknown[];
    Reflect.defineMetadata(GUARDS, [AllowedHostsGuard, ...others], owner);
  };
}

function keepHosts(hosts: AllowedHosts): ClassDecorator & MethodDecorator {
  return (target: object, _method?: string | symbol, descriptor?: PropertyDescriptor): void => {
    Reflect.defineMetadata(HOSTS, hosts, (descriptor?.value as object | undefined) ?? target);
  };
}

function hostsOf(context: ExecutionContext): AllowedHosts | undefined {
  const places = [context.getHandler(), context.getClass()];
  const place = places.find((each) => Reflect.hasMetadata(HOSTS, each));
  return place && (Reflect.getMetadata(HOSTS, place) as AllowedHosts);
}
