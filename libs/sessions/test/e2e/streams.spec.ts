import { afterEach, describe, expect, it } from '@jest/globals';
import type { Type } from '@nestjs/common';
import { ChannelSession, CurrentUser } from '@nest-channels/sessions';
import {
  Consumers,
  JsonWebsocketConsumer,
  type Life,
  WebsocketConsumer,
  WebsocketDemultiplexer,
} from 'nest-channels';
import { type Person, SessionsApp, stopSessionsApps } from '../support/sessions-app.js';

afterEach(stopSessionsApps);

/** Keeps what it counts in its state, by its flag. */
class Count extends JsonWebsocketConsumer<{ count?: number }> {
  override readonly channelSession = true;

  override receive() {
    this.state.count = (this.state.count ?? 0) + 1;
    return this.state.count;
  }
}

class Who extends WebsocketConsumer {
  override readonly httpUser = true;

  override receive(@CurrentUser() user: Person | null) {
    return user?.name ?? 'nobody';
  }
}

/** Opens the session with a decorator of its own. */
@ChannelSession()
class Notes extends JsonWebsocketConsumer {
  override receive(note: string) {
    const session = this.message.channelSession!;
    session['notes'] = [...((session['notes'] as string[] | undefined) ?? []), note];
    return session['notes'];
  }
}

function live(life: Life): Type {
  @Consumers({ life, path: '/live' })
  class Live extends WebsocketDemultiplexer {
    override readonly consumers = { count: Count, who: Who, notes: Notes };
  }
  return Live;
}

describe.each<Life>(['message', 'connection'])('a stream of life %s', (life) => {
  const consumers = [live(life), Count, Who, Notes];

  it('has a state, a user and a session, all of its connection', async () => {
    const app = await SessionsApp.start({ consumers });
    const socket = await (await app.browser('ada')).open('/live');
    const told: unknown[] = [];
    for (const [stream, payload] of [
      ['count', 0],
      ['who', 'am I'],
      ['notes', 'a'],
      ['count', 0],
      ['notes', 'b'],
      ['count', 0],
    ]) {
      socket.send(JSON.stringify({ stream, payload }));
      told.push((JSON.parse(await socket.next()) as { payload: unknown }).payload);
    }
    expect(told).toEqual([1, 'ada', ['a'], 2, ['a', 'b'], 3]);
  });
});
