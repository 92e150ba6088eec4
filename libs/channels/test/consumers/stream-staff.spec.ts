import { afterEach, describe, expect, it } from '@jest/globals';
import { StreamStaff } from '../../src/consumers/stream-staff.js';
import { Consumer, Consumers } from '../../src/consumer.decorator.js';
import { WebsocketConsumer } from '../../src/consumers/websocket-consumer.js';
import { WebsocketDemultiplexer } from '../../src/consumers/websocket-demultiplexer.js';
import { RunningApp, stopApps } from '../support/running-app.js';

afterEach(stopApps);

class Chat extends WebsocketConsumer {
  @Consumer('chat.event')
  event(): void {}
}

class Elsewhere extends WebsocketConsumer {}

@Consumers({ path: '/a' })
class Live extends WebsocketDemultiplexer {
  override readonly consumers = { chat: Chat };
}

async function staff(): Promise<{ staff: StreamStaff; live: Live; chat: Chat }> {
  const { app } = await RunningApp.start({ providers: [Chat, Live] });
  const found = app.get(StreamStaff, { strict: false });
  return { staff: found, live: app.get(Live), chat: app.get(Chat) };
}

describe('StreamStaff', () => {
  it('finds the consumers of streams, injected and new ones', async () => {
    const { staff: found, live, chat } = await staff();
    const classes = found.of(live);
    expect([...(classes?.keys() ?? [])]).toEqual(['chat']);
    expect(classes?.get('chat')?.shared).toBe(chat);
    const made = await classes?.get('chat')?.create();
    expect(made).toBeInstanceOf(Chat);
    expect(made).not.toBe(chat);
    expect(found.consumersOf(live)).toEqual([chat]);
    expect(classes?.get('chat')?.router.match('chat.event', {})).toBeDefined();
  });

  it('finds none for other consumers', async () => {
    const { staff: found, chat } = await staff();
    expect(found.of(chat)).toBeUndefined();
    expect(found.problems(chat)).toEqual([]);
  });

  it('says which stream nobody provides, and leaves it out', async () => {
    const { staff: found, live } = await staff();
    Object.assign(live, { consumers: { other: Elsewhere } });
    expect(found.problems(live)).toEqual(['stream "other" (Elsewhere): no module provides it']);
    expect(found.of(live)?.size).toBe(0);
  });
});
