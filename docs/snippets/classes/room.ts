import { Consumer, Consumers, Content, JsonWebsocketConsumer } from 'nest-channels';

interface Said {
  readonly text: string;
}

@Consumers({ life: 'connection', path: '/rooms/:room' })
export class Room extends JsonWebsocketConsumer<{ nick: string }> {
  override groups = ({ room }: { room?: string }) => [`room-${room}`];

  override async connect() {
    this.state.nick = `guest of ${this.params['room']}`;
    await this.accept();
  }

  override async receive({ text }: Said) {
    const { nick } = this.state;
    await this.group(`room-${this.params['room']}`).send({ type: 'room.said', nick, text });
  }

  @Consumer('room.said')
  async hear(@Content('nick') nick: string, @Content('text') text: string) {
    await this.send({ nick, text });
  }

  override async disconnect(code: number) {
    await this.groupSend(`room-${this.params['room']}`, { left: this.state.nick, code });
  }
}
