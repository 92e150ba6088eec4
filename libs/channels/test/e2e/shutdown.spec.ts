import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { Channels, ChannelsRuntime, Consumer, LayerUnavailable, Message, Msg } from 'nest-channels';
import { Inbox } from '../support/inbox.js';
import { RawClient } from '../support/raw-client.js';
import { RunningApp, stopApps } from '../support/running-app.js';

afterEach(stopApps);

describe('an application that stops', () => {
  it('closes its sockets with 1012 and has every disconnect handled first', async () => {
    const events: string[] = [];
    @Injectable()
    class Recorder {
      constructor(private readonly channels: Channels) {}
      @Consumer('websocket.connect')
      connect(@Msg() message: Message) {
        return message.accept();
      }
      @Consumer('websocket.disconnect')
      async disconnect(@Msg() { content }: Message<'websocket.disconnect'>) {
        events.push(`disconnect ${content.code}`);
        await this.channels.channel('audit').send({ left: content.path });
      }
      @Consumer('audit')
      audit() {
        events.push('audit');
      }
      onApplicationShutdown() {
        events.push('shutdown');
      }
    }
    const app = await RunningApp.start({ providers: [Recorder] });
    const sockets = [await app.open('/a'), await app.open('/b')];
    await app.stop();
    const closes = await Promise.all(sockets.map((socket) => socket.closed));
    expect(closes).toEqual(sockets.map(() => ({ code: 1012, reason: 'server is restarting' })));
    expect(events.toSorted()).toEqual([
      'audit',
      'audit',
      'disconnect 1012',
      'disconnect 1012',
      'shutdown',
    ]);
    expect(events.at(-1)).toBe('shutdown');
  });

  it('finishes what runs, refuses pending connections with 503, and then closes its layers', async () => {
    const asked = new Inbox<Message>();
    let finish = (): void => undefined;
    let isFinished = false;
    @Injectable()
    class Slow {
      @Consumer('websocket.connect')
      connect(@Msg() message: Message) {
        asked.push(message);
      }
      @Consumer('slow')
      async slow() {
        asked.push({} as Message);
        await new Promise<void>((resolve) => (finish = resolve));
        isFinished = true;
      }
    }
    const app = await RunningApp.start({ providers: [Slow] });
    const channels = app.app.get(Channels);
    await channels.channel('slow').send({});
    await asked.next();
    const pending = await RawClient.connect(app.port);
    pending.handshake('/any');
    await asked.next();
    const stopped = app.stop();
    expect(await pending.response()).toContain('HTTP/1.1 503');
    expect(app.app.get(ChannelsRuntime).isReady).toBe(false);
    finish();
    await stopped;
    expect(isFinished).toBe(true);
    await expect(channels.channel('slow').send({})).rejects.toThrow(LayerUnavailable);
  });

  it('cuts off a client that does not answer the close frame', async () => {
    const options = { server: { closeTimeoutMs: 50 } };
    const app = await RunningApp.start({ options: { ...options, worker: { unrouted: 'accept' } } });
    const client = await RawClient.connect(app.port);
    client.handshake('/any');
    await client.until('\r\n\r\n');
    await app.stop();
    await client.ended;
  });
});

describe('a handler that never waits', () => {
  it('does not keep the process from anything else', async () => {
    @Injectable()
    class Ouroboros {
      rounds = 0;
      constructor(private readonly channels: Channels) {}
      @Consumer('tail')
      async bite() {
        this.rounds++;
        await this.channels.channel('tail').send({});
      }
      @Consumer('websocket.receive')
      alive() {
        return 'alive';
      }
    }
    const options = { worker: { shutdownTimeoutMs: 100 } };
    const app = await RunningApp.start({ providers: [Ouroboros], options });
    await app.app.get(Channels).channel('tail').send({});
    const socket = await app.open('/any');
    socket.send('?');
    expect(await socket.next()).toBe('alive');
    expect(app.app.get(Ouroboros).rounds).toBeGreaterThan(0);
  });
});
