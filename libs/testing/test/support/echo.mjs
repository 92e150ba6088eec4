// An application and the test of it, for any runner: decorators as a compiler would call them.
import { Consumer, Content } from 'nest-channels';
import { createChannelsTest } from '@nest-channels/testing';

class Echo {
  echo(text) {
    return `${text}!`;
  }
}
Content('text')(Echo.prototype, 'echo', 0);
const descriptor = Object.getOwnPropertyDescriptor(Echo.prototype, 'echo');
Consumer('websocket.receive', { path: '/echo' })(Echo.prototype, 'echo', descriptor);

/** Registers tests with a runner whose `equal` compares deeply. */
export function registerTests({ describe, it, equal }) {
  describe('an echo', () => {
    it('answers over a connection in memory', async () => {
      const test = await createChannelsTest({ providers: [Echo] });
      const socket = test.webSocket('/echo');
      equal(await socket.connect(), { accepted: true });
      await socket.send('hello');
      equal(await socket.receive(), 'hello!');
      await socket.receiveNothing();
      await test.close();
    });

    it('is consumed by hand', async () => {
      const test = await createChannelsTest({ providers: [Echo], worker: 'by hand' });
      const client = test.wsClient({ path: '/echo' });
      equal(await client.sendAndConsume('websocket.receive', { text: 'hello' }), 'hello!');
      equal(await client.receiveText(), 'hello!');
      await test.close();
    });
  });
}
