import { Consumer, Consumers, Message, Msg } from 'nest-channels';

@Consumers({ path: '/echo' })
export class EchoConsumers {
  @Consumer('websocket.receive')
  echo(@Msg() { content }: Message<'websocket.receive'>) {
    return content.text ?? content.bytes;
  }
}
