import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  SetMetadata,
  UseGuards,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ChannelsExecutionContext, Consumer, ForeignContext } from 'nest-channels';
import { Handlers } from './support/handlers.js';
import { RunningApp, stopApps } from './support/running-app.js';

afterEach(stopApps);

const seen: ExecutionContext[] = [];

class Keep implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    seen.push(context);
    return true;
  }
}

@UseGuards(Keep)
@Injectable()
class Guarded {
  @SetMetadata('roles', ['admin'])
  @Consumer('test')
  run() {}
}

@UseGuards(Keep)
@Controller()
class Page {
  @Get()
  get() {
    return 'page';
  }
}

describe('ChannelsExecutionContext', () => {
  it('reads the message, the class and the method of a handler', async () => {
    const app = await RunningApp.start({ providers: [Guarded] });
    await new Handlers(app).run('Guarded.run', { id: 7 });
    const context = ChannelsExecutionContext.create(seen.pop() as ExecutionContext);
    expect(context.getContent()).toEqual({ id: 7 });
    expect(context.getClass()).toBe(Guarded);
    expect(context.getHandler().name).toBe('run');
    const targets = [context.getHandler(), context.getClass()];
    expect(app.app.get(Reflector).getAllAndOverride('roles', targets)).toEqual(['admin']);
  });

  it('refuses the context of a request', async () => {
    const app = await RunningApp.start({ providers: [], controllers: [Page] });
    await fetch(`http://127.0.0.1:${app.port}/`, { headers: { connection: 'close' } });
    const context = seen.pop() as ExecutionContext;
    expect(() => ChannelsExecutionContext.create(context)).toThrow(ForeignContext);
  });
});
