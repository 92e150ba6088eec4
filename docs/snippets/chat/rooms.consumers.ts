import {
  Channels,
  Consumer,
  Consumers,
  groupName,
  Json,
  Message,
  Msg,
  PathParam,
  QueryParam,
} from 'nest-channels';

@Consumers({ path: '/rooms/:room' })
export class RoomsConsumers {
  constructor(private readonly channels: Channels) {}

  @Consumer('websocket.connect')
  async join(
    @Msg() message: Message,
    @PathParam('room') room: string,
    @QueryParam('name') name?: string,
  ) {
    if (!name) return message.deny({ status: 403, body: 'Say your name: ?name=ada' });
    await this.channels.group(groupName`room-${room}`).add(message.replyChannel);
    await message.accept();
    await this.channels
      .group(groupName`room-${room}`)
      .send({ text: JSON.stringify({ joined: name }) });
  }

  @Consumer('websocket.receive')
  async said(@PathParam('room') room: string, @Json('text') text: string) {
    await this.channels.group(groupName`room-${room}`).send({ text: JSON.stringify({ text }) });
  }
}
