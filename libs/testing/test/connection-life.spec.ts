import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { Consumers, JsonWebsocketConsumer, type Life } from 'nest-channels';
import type { Provider } from '@nestjs/common';
import { Tests } from './support/tests.js';

const tests = new Tests();
afterEach(tests.close);

function chat(life: Life): Provider {
  @Injectable()
  @Consumers({ life, path: '/chat/:room' })
  class Chat extends JsonWebsocketConsumer {
    override readonly groups = ({ room }: { room?: string }) => [`chat-${room}`];

    override async receive({ say, slow }: { say: string; slow?: boolean }): Promise<void> {
      if (slow) await new Promise((resolve) => setTimeout(resolve, 30));
      await this.group(`chat-${this.params['room']}`).send({ text: JSON.stringify({ said: say }) });
    }
  }
  return Chat;
}

describe.each(['message', 'connection'] as const)('in life %s', (life) => {
  it('a communicator leads a socket', async () => {
    const test = await tests.start({ providers: [chat(life)] });
    const [ada, bob] = [test.webSocket('/chat/a'), test.webSocket('/chat/a')];
    expect(await Promise.all([ada.connect(), bob.connect()])).toEqual([
      { accepted: true },
      { accepted: true },
    ]);
    await ada.sendJson({ say: 'hi' });
    expect(await bob.receiveJson()).toEqual({ said: 'hi' });
    expect(await ada.receiveJson()).toEqual({ said: 'hi' });
    await bob.receiveNothing();
    await ada.disconnect();
    expect(await test.channels.group('chat-a').channels()).toHaveLength(1);
  });

  it('a handler that takes its time is waited for', async () => {
    const test = await tests.start({ providers: [chat(life)] });
    const socket = test.webSocket('/chat/a');
    await socket.connect();
    await socket.sendJson({ say: 'late', slow: true });
    await test.idle();
    expect(socket.waiting).toBe(1);
  });
});
