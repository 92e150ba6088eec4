import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type ArgumentsHost,
  Catch,
  Controller,
  type ExceptionFilter,
  Get,
  Injectable,
  UseFilters,
} from '@nestjs/common';
import { Message, ReplyMissing } from '@nest-channels/core';
import { CHANNELS_CONTEXT, ChannelsArgumentsHost, Consumer, ForeignContext } from 'nest-channels';
import { Handlers } from './support/handlers.js';
import { RunningApp, stopApps } from './support/running-app.js';

afterEach(stopApps);

/** Answers with what it was given. */
@Catch()
class Show implements ExceptionFilter {
  catch(error: Error, host: ArgumentsHost): unknown {
    return { error, host: ChannelsArgumentsHost.create(host) };
  }
}

@Injectable()
class Failing {
  @UseFilters(Show)
  @Consumer('failing')
  run() {
    throw new Error('boom');
  }
}

async function shown(message: Message): Promise<ChannelsArgumentsHost> {
  const handlers = new Handlers(await RunningApp.start({ providers: [Failing] }));
  const { host } = (await handlers.create('Failing.run').run(message)) as {
    host: ChannelsArgumentsHost;
  };
  return host;
}

const message = new Message({ channel: 'failing', content: { id: 1 }, params: { room: 'blue' } });

describe('ChannelsArgumentsHost', () => {
  it('reads the message and its parts', async () => {
    const host = await shown(message);
    expect(host.getMessage()).toBe(message);
    expect(host.getContent()).toEqual({ id: 1 });
    expect(host.getParams()).toEqual({ room: 'blue' });
    expect(host.getChannel()).toBe('failing');
    expect(() => host.getReplyChannel()).toThrow(ReplyMissing);
  });

  it('is what Nest gave in every other way', async () => {
    const host = await shown(message);
    expect(host.getType()).toBe(CHANNELS_CONTEXT);
    expect(host.getArgs()).toEqual([message, message.content, 'failing']);
    expect(host.getArgByIndex(2)).toBe('failing');
  });

  it('shows enhancers of other transports the message, its content and its channel', async () => {
    const host = await shown(message);
    expect(host.switchToHttp().getRequest()).toBe(message);
    expect(host.switchToHttp().getResponse()).toBe(message.content);
    expect(host.switchToRpc().getData()).toBe(message);
    expect(host.switchToWs().getClient()).toBe(message);
    expect(host.switchToWs().getData()).toBe(message.content);
    expect(host.switchToWs().getPattern()).toBe('failing');
  });

  it('refuses the host of a request', async () => {
    const hosts: ArgumentsHost[] = [];
    @Catch()
    class Keep implements ExceptionFilter {
      catch(_error: Error, host: ArgumentsHost): void {
        hosts.push(host);
        host.switchToHttp().getResponse<{ end(): void }>().end();
      }
    }
    @Controller()
    class Page {
      @UseFilters(Keep)
      @Get()
      get() {
        throw new Error('boom');
      }
    }
    const app = await RunningApp.start({ providers: [], controllers: [Page] });
    await fetch(`http://127.0.0.1:${app.port}/`, { headers: { connection: 'close' } });
    expect(() => ChannelsArgumentsHost.create(hosts[0])).toThrow(ForeignContext);
    expect(() => ChannelsArgumentsHost.create(hosts[0])).toThrow('is of type "http"');
  });
});
