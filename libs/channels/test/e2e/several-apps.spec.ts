import { afterEach, describe, expect, it } from '@jest/globals';
import { type CanActivate, Injectable } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { memoryLayer } from '@nest-channels/core';
import { Channels, Consumer, Consumers, Content, Message, Msg } from 'nest-channels';
import { RunningApp, stopApps } from '../support/running-app.js';

afterEach(stopApps);

@Consumers({ path: '/room' })
class Room {
  said = 0;

  constructor(private readonly channels: Channels) {}

  @Consumer('websocket.connect')
  async join(@Msg() message: Message) {
    await this.channels.group('room').add(message.replyChannel);
    await message.accept();
  }

  @Consumer('websocket.receive')
  async say(@Content('text') text: string) {
    this.said++;
    await this.channels.group('room').send({ text });
  }
}

const start = (layerName = 'default'): Promise<RunningApp> =>
  RunningApp.start({
    providers: [Room],
    options: layerName === 'own' ? { layers: { default: memoryLayer() } } : undefined,
  });

describe('two applications of the same classes in one process', () => {
  it.each([
    ['the layer that each makes', 'default'],
    ['a layer that each was given', 'own'],
  ])('share no group, channel or consumer, on %s', async (_what, layerName) => {
    const [one, other] = [await start(layerName), await start(layerName)];
    const [ada, bob] = [await one.open('/room'), await other.open('/room')];
    ada.send('in one');
    bob.send('in the other');
    expect(await ada.next()).toBe('in one');
    expect(await bob.next()).toBe('in the other');
    for (const app of [one, other]) {
      expect(app.app.get(Room).said).toBe(1);
      expect(await app.app.get(Channels).group('room').channels()).toHaveLength(1);
    }
  });

  it('share no global enhancer', async () => {
    @Injectable()
    class Nobody implements CanActivate {
      canActivate(): boolean {
        return false;
      }
    }
    const closed = await RunningApp.start({
      providers: [Room, { provide: APP_GUARD, useClass: Nobody }],
    });
    const open = await start();
    expect((await closed.socket('/room').refused).status).toBe(403);
    await expect(open.open('/room')).resolves.toBeDefined();
  });

  it('stop one after the other: the second goes on as before', async () => {
    const [one, other] = [await start(), await start()];
    const [ada, bob] = [await one.open('/room'), await other.open('/room')];
    await one.stop();
    expect((await ada.closed).code).toBe(1012);
    bob.send('still here');
    expect(await bob.next()).toBe('still here');
    await expect(other.open('/room')).resolves.toBeDefined();
  });
});
