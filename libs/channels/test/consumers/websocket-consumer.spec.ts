import { describe, expect, it } from '@jest/globals';
import { WebsocketConsumer } from '../../src/consumers/websocket-consumer.js';
import { ConsumerStage } from '../support/consumer-stage.js';

class Sample extends WebsocketConsumer {
  override readonly groups = ({ room }: { room?: string }): string[] => [`room-${room}`];

  override receive(...args: unknown[]): unknown {
    return args;
  }

  override async disconnect(code: number): Promise<unknown> {
    return [code, await this.group('room-blue').channels()];
  }

  speak(): Promise<void> {
    return this.send('text', { close: 4000 });
  }

  misspeak(): Promise<void> {
    return this.send(Uint8Array.of(1), { close: 999 });
  }

  tell(): Promise<void> {
    return this.groupSend('room-blue', Uint8Array.of(1), { close: true });
  }
}

class Plain extends WebsocketConsumer {
  override readonly groups = ['all'];
}

describe('WebsocketConsumer', () => {
  it('joins its groups before it connects, and accepts', async () => {
    const stage = new ConsumerStage(new Plain());
    await stage.play('websocket.connect', 'connect');
    expect(await stage.members('all')).toEqual(['server.stage!1']);
    expect(await stage.replies()).toEqual([{ accept: true }]);
  });

  it('computes its groups from the path', async () => {
    const stage = new ConsumerStage(new Sample());
    await stage.play('websocket.connect', 'connect');
    expect(await stage.members('room-blue')).toEqual(['server.stage!1']);
  });

  it('has left its groups when it disconnects', async () => {
    const stage = new ConsumerStage(new Sample());
    await stage.play('websocket.connect', 'connect');
    const left = await stage.play('websocket.disconnect', 'disconnect', { code: 1001 });
    expect(left).toEqual([1001, []]);
  });

  it.each([
    [{ text: 'a' }, ['a', undefined]],
    [{ text: null, bytes: Uint8Array.of(1) }, [undefined, Uint8Array.of(1)]],
    [{ text: '' }, ['', undefined]],
  ])('receives %p as %p', async (content, args) => {
    const stage = new ConsumerStage(new Sample());
    expect(await stage.play('websocket.receive', 'receive', content)).toEqual(args);
  });

  it('does nothing with a frame or an end unless told to', async () => {
    const stage = new ConsumerStage(new Plain());
    expect(await stage.play('websocket.receive', 'receive', { text: 'a' })).toBeUndefined();
    expect(await stage.play('websocket.disconnect', 'disconnect', { code: 1 })).toBeUndefined();
    expect(await stage.replies()).toEqual([]);
  });

  it('sends and closes, itself and to groups', async () => {
    const stage = new ConsumerStage(new Sample());
    await stage.play('websocket.connect', 'connect');
    await stage.replies();
    await stage.play('chat.message', 'speak');
    await stage.play('chat.message', 'tell');
    expect(await stage.replies()).toEqual([
      { text: 'text', close: 4000 },
      { bytes: Uint8Array.of(1), close: true },
    ]);
  });

  it('refuses a close code that no frame can carry', async () => {
    const stage = new ConsumerStage(new Sample());
    await expect(stage.play('chat.message', 'misspeak')).rejects.toThrow('code 999');
  });
});
