import { setTimeout as wait } from 'node:timers/promises';
import { Consumer, Consumers, JsonWebsocketConsumer, Parallel } from 'nest-channels';

@Consumers({ life: 'connection', path: '/report' })
export class Report extends JsonWebsocketConsumer {
  override readonly groups = ['reports'];

  @Parallel(4) // beside frames and other reports of this connection
  @Consumer('report.make')
  async make() {
    for (let percent = 0; percent <= 100 && !this.signal.aborted; percent += 50) {
      await this.send({ percent });
      await wait(1);
    }
  }

  override receive(question: string) {
    return { question };
  }
}
