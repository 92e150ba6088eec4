import { describe, expect, it } from '@jest/globals';
import { type ContentOf, Message } from '@nest-channels/core';
import { DenyConnection, OriginGuard } from 'nest-channels';
import { contextOf } from '../support/execution-context.js';

type Header = ContentOf<'websocket.connect'>['headers'][number];

class Guard extends OriginGuard {
  readonly asked: string[] = [];

  protected override async validateOrigin(origin: string): Promise<boolean> {
    this.asked.push(origin);
    return origin === 'https://app.example';
  }
}

const header = (name: string, value: string): Header => [
  Buffer.from(name, 'latin1'),
  Buffer.from(value, 'latin1'),
];

const connect = (headers: unknown): Message =>
  new Message({ channel: 'websocket.connect', content: { headers } });

const denied = { denial: { status: 403 } };

describe('OriginGuard', () => {
  it('lets a connection in whose origin it finds valid', async () => {
    const guard = new Guard();
    const message = connect([
      header('host', 'app.example'),
      header('origin', 'https://app.example'),
    ]);
    expect(await guard.canActivate(contextOf(message))).toBe(true);
    expect(guard.asked).toEqual(['https://app.example']);
  });

  it.each(['https://evil.example', 'null'])('denies %s with 403', async (origin) => {
    const guard = new Guard();
    const guarding = guard.canActivate(contextOf(connect([header('origin', origin)])));
    await expect(guarding).rejects.toThrow(DenyConnection);
    await expect(guarding).rejects.toMatchObject(denied);
    expect(guard.asked).toEqual([origin]);
  });

  it.each([
    ['no headers at all', undefined],
    ['headers that are no list', 'origin'],
    ['no origin', [header('host', 'app.example')]],
    [
      'two origins',
      [header('origin', 'https://app.example'), header('origin', 'https://app.example')],
    ],
    ['an empty origin', [header('origin', '')]],
    ['an origin that is not ASCII', [header('origin', 'https://münchen.example')]],
    ['an origin without a value', [[Buffer.from('origin')]]],
    ['an origin that is a text', [['origin', 'https://app.example']]],
  ])('denies %s without asking', async (_what, headers) => {
    const guard = new Guard();
    await expect(guard.canActivate(contextOf(connect(headers)))).rejects.toMatchObject(denied);
    expect(guard.asked).toEqual([]);
  });

  it.each(['websocket.receive', 'websocket.disconnect', 'jobs'])(
    'lets %s pass',
    async (channel) => {
      const message = new Message({ channel, content: {} });
      expect(await new Guard().canActivate(contextOf(message))).toBe(true);
    },
  );
});
