import { Injectable } from '@nestjs/common';
import { Consumer, Consumers, Message, Msg } from 'nest-channels';

/** Sends every frame back as it came. */
@Injectable()
@Consumers({ path: '/ws/echo' })
export class EchoConsumers {
  @Consumer('websocket.receive')
  echo(@Msg() { content }: Message<'websocket.receive'>): string | Uint8Array | undefined {
    return content.text ?? content.bytes;
  }
}
