import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { ChannelSession } from '@nest-channels/sessions';
import { Consumer, Message, Msg } from 'nest-channels';
import { CountingStore } from './support/counting-store.js';
import { Gate } from './support/gate.js';
import { SessionsApp, stopSessionsApps } from './support/sessions-app.js';

afterEach(stopSessionsApps);

@Injectable()
class Rememberer {
  @Consumer('websocket.connect')
  @ChannelSession()
  async connect(@Msg() message: Message) {
    message.channelSession!['known'] = true;
    await message.accept();
  }
}

/** Is a store that answers a destroy when it is let. */
class SlowStore extends CountingStore {
  readonly gate = new Gate();
  destroyed = 0;

  override destroy(id: string, callback?: (error?: unknown) => void): void {
    void this.gate.pass().then(() => {
      this.destroyed++;
      super.destroy(id, callback);
    });
  }
}

describe('an application with sessions', () => {
  it('does not start with options that cannot work', async () => {
    const sessions = { secret: '', storeTimeoutMs: 0 };
    await expect(SessionsApp.start({ consumers: [], sessions })).rejects.toMatchObject({
      code: 'CHANNELS_CONFIG_INVALID',
      problems: [
        'sessions.secret: expected 1 characters or more',
        'sessions.storeTimeoutMs: expected a number over 0, got 0',
      ],
    });
  });

  it('hears nothing of its store any more when it has stopped', async () => {
    const app = await SessionsApp.start({ consumers: [] });
    await app.browser('ada');
    await app.stop();
    const [id] = await app.store.ids();
    await new Promise((resolve) => {
      app.store.destroy(id, resolve);
    });
    expect(app.lines.filter((line) => line.includes('could not be closed'))).toEqual([]);
  });

  it('has removed the sessions of its connections when it has stopped', async () => {
    const store = new SlowStore();
    const app = await SessionsApp.start({ consumers: [Rememberer], sessions: { store } });
    await (await app.browser()).open('/');
    const stopped = app.stop().then(() => store.destroyed);
    await store.gate.arrived(1);
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    store.gate.open();
    expect(await stopped).toBe(1);
  });
});
