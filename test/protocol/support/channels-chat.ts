import {
  type ArgumentsHost,
  type CanActivate,
  Catch,
  type ExceptionFilter,
  Injectable,
  type OnApplicationShutdown,
  UnauthorizedException,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { Channels, Consumer, Json, Message, Msg } from 'nest-channels';
import { type Deferred, deferred } from '../../../libs/channels/test/support/deferred.js';
import type { Request } from './gateway-chat.js';

export const FLOOD = { frames: 2_000, frame: Buffer.alloc(64 * 1024) } as const;

@Catch(TypeError)
class TellClient implements ExceptionFilter<TypeError> {
  catch({ message }: TypeError, host: ArgumentsHost): object {
    const { content } = host.getArgByIndex<Message<'websocket.receive'>>(0);
    const { id } = JSON.parse(content.text ?? '{}') as Request;
    return { id, error: message };
  }
}

@Injectable()
class NobodyGuard implements CanActivate {
  canActivate(): never {
    throw new UnauthorizedException();
  }
}

/** Is what the tests wait for and look at. */
@Injectable()
export class Chat implements OnApplicationShutdown {
  readonly events: string[] = [];
  readonly gate: Deferred<void> = deferred();

  constructor(private readonly channels: Channels) {}

  @Consumer('websocket.connect', { path: '/slow' })
  async connect(@Msg() message: Message) {
    await this.gate.promise;
    this.events.push('connected');
    await message.accept();
  }

  @Consumer('websocket.connect', { path: '/broken' })
  async broken(): Promise<never> {
    await Promise.resolve();
    throw new Error('thrown on connect');
  }

  @UseGuards(NobodyGuard)
  @Consumer('websocket.connect', { path: '/guarded' })
  guarded(@Msg() message: Message) {
    return message.accept();
  }

  @Consumer('websocket.receive', { path: '/flood' })
  async flood(@Msg() { replyChannel }: Message) {
    const { name } = replyChannel;
    for (let sent = 0; sent < FLOOD.frames; sent++) {
      await this.channels.channel(name).send({ bytes: FLOOD.frame }, { immediately: true });
    }
    this.events.push('flooded');
  }

  @UseFilters(TellClient)
  @Consumer('websocket.receive', { path: '/:any' })
  async receive(@Json() request: Request) {
    this.events.push(`received ${request.id}`);
    if (request.event === 'throw') throw new TypeError('not like this');
    if (request.event === 'wait') await this.gate.promise;
    return { id: request.id };
  }

  @Consumer('websocket.disconnect', { path: '/:any' })
  disconnect() {
    this.events.push('disconnected');
  }

  onApplicationShutdown(): void {
    this.events.push('shut down');
  }
}

export const channelsChat = [Chat, NobodyGuard];
