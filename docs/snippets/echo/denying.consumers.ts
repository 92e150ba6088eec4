import { Consumer, Consumers, DenyConnection, Message, Msg, QueryParam } from 'nest-channels';

@Consumers({ path: '/echo' })
export class DenyingConsumers {
  @Consumer('websocket.connect')
  async connect(@Msg() message: Message, @QueryParam('token') token = '') {
    if (token !== 'open sesame') throw new DenyConnection({ status: 401 });
    await message.accept();
  }

  @Consumer('websocket.receive')
  echo(@Msg() { content }: Message<'websocket.receive'>) {
    return content.text;
  }
}
