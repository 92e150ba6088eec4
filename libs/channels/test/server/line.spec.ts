import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@nest-channels/core';
import { SERVER_DEFAULTS } from '../../src/server-options.js';
import type { ClosingWebSocket } from '../../src/server/closing-web-socket.js';
import { Frame } from '../../src/server/frame.js';
import { Line } from '../../src/server/line.js';
import { WriteBatch } from '../../src/server/write-batch.js';
import { FaultyLayer } from '../support/faulty-layer.js';
import { waitingContents } from '../support/reading.js';
import { settled } from '../support/settled.js';

/** Stands for ws, which a line only listens to and tells what to do. */
class WebSocketStub extends EventEmitter {
  onClosing?: (code: number | undefined, proceed: () => void) => void;
  readonly done: string[] = [];
  ping = (): void => void this.done.push('ping');
  close = (code: number, reason: string): void => void this.done.push(`close ${code} ${reason}`);
  terminate = (): void => void this.done.push('terminate');
  pause = (): void => void this.done.push('pause');
  resume = (): void => void this.done.push('resume');
}

class Bench {
  readonly clock = new ManualClock();
  readonly layer = new FaultyLayer(this.clock);
  readonly webSocket = new WebSocketStub();
  readonly socket = new PassThrough();
  readonly told: unknown[] = [];
  readonly settings = { ...SERVER_DEFAULTS, maxUnsettledFrames: 2 };
  readonly line: Line;

  constructor() {
    const { clock, layer, settings, told } = this;
    const host = { clock, layer, settings, batch: new WriteBatch(), frameDropped: () => undefined };
    const parts = {
      webSocket: this.webSocket as unknown as ClosingWebSocket,
      socket: this.socket,
      sender: { reply_channel: 'server.test!1', path: '/' },
      order: 'free',
    } as const;
    this.line = new Line(parts, host, {
      onUndeliverable: (error) => void told.push(error),
      onUnsettled: (left) => void told.push(left),
      onTooSlow: () => void told.push('too slow'),
      onBroken: (error) => void told.push(error),
      onClosing: (code) => void told.push(`closing ${code}`),
      onClosed: (code, reason) => void told.push(`closed ${code} ${reason}`),
    });
  }

  judge(afterMs: number) {
    this.clock.advance(afterMs);
    return this.line.judge(this.clock.now(), this.settings, { afterStall: false });
  }
}

describe('Line', () => {
  it('sends what the client says to the workers, and counts it', async () => {
    const { webSocket, layer, line } = new Bench();
    webSocket.emit('message', Buffer.from('hi'), false);
    await settled();
    expect(await waitingContents(layer, 'websocket.receive')).toMatchObject([{ text: 'hi' }]);
    expect(line.traffic).toMatchObject({ framesIn: 1, framesOut: 0 });
  });

  it('tells of errors, of a close that begins and of its end', () => {
    const { webSocket, told } = new Bench();
    const error = new Error('bad frame');
    webSocket.emit('error', error);
    webSocket.onClosing?.(1000, () => undefined);
    webSocket.emit('close', 1000, Buffer.from('bye'));
    expect(told).toEqual([error, 'closing 1000', 'closed 1000 bye']);
  });

  it('finds a silent client silent, and does not wait for one that it does not read itself', () => {
    const bench = new Bench();
    expect([bench.judge(20_000), bench.judge(20_000)]).toEqual(['alive', 'silent']);
    for (const text of ['1', '2', '3']) bench.webSocket.emit('message', Buffer.from(text), false);
    expect(bench.webSocket.done).toEqual(['pause']);
    expect([bench.judge(25_000), bench.judge(60_000)]).toEqual(['silent', 'silent']);
  });

  it('lets out what waits before it falls silent', () => {
    const { line, socket, webSocket } = new Bench();
    line.outbound.send(new Frame('last words'));
    line.fallSilent();
    webSocket.emit('message', Buffer.from('too late'), false);
    expect(socket.read()).toEqual(new Frame('last words').wire);
    expect(line.traffic).toMatchObject({ framesIn: 0, framesOut: 1 });
  });

  it('lets out nothing when it is dropped', async () => {
    const { line, socket } = new Bench();
    line.outbound.send(new Frame('last words'));
    line.drop();
    await settled();
    expect(socket.read()).toBeNull();
  });

  it('closes, pings and cuts off its WebSocket', () => {
    const { line, webSocket } = new Bench();
    line.ping();
    line.close({ code: 1012, reason: 'again' });
    line.terminate();
    expect(webSocket.done).toEqual(['ping', 'close 1012 again', 'terminate']);
  });
});
