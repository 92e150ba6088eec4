import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { UseGuards } from '@nestjs/common';
import {
  AuthenticatedGuard,
  AuthenticatedOnly,
  ChannelSession,
  ChannelSessionGuard,
  HttpSession,
  HttpSessionGuard,
  SaveSessions,
} from '@nest-channels/sessions';
import { AllowedHostsGuard, AllowedHostsOnly, OriginGuard } from 'nest-channels';

class OwnOrigin extends OriginGuard {
  protected validateOrigin = () => true;
}

class Handlers {
  @AllowedHostsOnly()
  @AuthenticatedOnly()
  @HttpSession()
  above() {}

  @HttpSession()
  @AuthenticatedOnly()
  @UseGuards(OwnOrigin)
  below() {}
}

@ChannelSession()
@AuthenticatedOnly()
class Whole {}

const guardsOf = (owner: object): unknown => Reflect.getMetadata('__guards__', owner);
const methodOf = (name: 'above' | 'below') => Handlers.prototype[name];

describe('the decorators of sessions', () => {
  it('put origins first, then sessions, then who needs them', () => {
    expect(guardsOf(methodOf('above'))).toEqual([
      AllowedHostsGuard,
      HttpSessionGuard,
      AuthenticatedGuard,
    ]);
    expect(guardsOf(methodOf('below'))).toEqual([OwnOrigin, HttpSessionGuard, AuthenticatedGuard]);
  });

  it('decorate classes too', () => {
    expect(guardsOf(Whole)).toEqual([ChannelSessionGuard, AuthenticatedGuard]);
    expect(Reflect.getMetadata('__interceptors__', Whole)).toEqual([SaveSessions]);
  });
});
