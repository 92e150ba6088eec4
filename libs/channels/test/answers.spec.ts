import { beforeEach, describe, expect, it } from '@jest/globals';
import { HttpException, NotFoundException } from '@nestjs/common';
import {
  Channel,
  type ChannelLayer,
  ManualClock,
  memoryLayer,
  Message,
  route,
  Router,
  SendScopes,
} from '@nest-channels/core';
import { Answers, statusOf } from '../src/answers.js';
import { CloseConnection, DenyConnection } from '../src/control-flow.js';
import { MisplacedControlFlow } from '../src/errors.js';
import { waitingContents } from './support/reading.js';

const handler = { label: 'Test.run', run: () => Promise.resolve() };
const router = new Router([route('websocket.receive', handler, { path: '/known' })]);

let layer: ChannelLayer;
let answers: Answers;

beforeEach(() => {
  layer = memoryLayer();
  answers = new Answers(router, { unrouted: 'deny', onError: 'keep' });
});

function message(channel: string, path = '/known'): Message {
  const replyChannel = new Channel('server.test!1', layer, new SendScopes(new ManualClock()));
  return new Message<string>({ channel, content: { path }, replyChannel });
}

const replies = () => waitingContents(layer, 'server.test!');

describe('Answers', () => {
  it('carry a denial out, which closes with 1008 what was accepted already', async () => {
    const decision = new DenyConnection({ status: 404 });
    expect(await answers.decide(message('websocket.connect'), decision)).toBeUndefined();
    expect(await replies()).toEqual([{ accept: false, status: 404, close: 1008 }]);
  });

  it.each([
    ['websocket.connect', [{ accept: false, status: 503, close: 1013 }]],
    ['websocket.receive', []],
    ['jobs', []],
  ])('of a %s that was postponed too often are %j', async (channel, expected) => {
    await answers.dropped(message(channel));
    expect(await replies()).toEqual(expected);
  });

  it('carry a close out', async () => {
    const decision = new CloseConnection(4001, 'why');
    expect(await answers.decide(message('websocket.receive'), decision)).toBeUndefined();
    expect(await replies()).toEqual([{ close: 4001, reason: 'why' }]);
  });

  it('return the mistake when a decision cannot be carried out there', async () => {
    const mistake = await answers.decide(message('websocket.receive'), new DenyConnection());
    expect(mistake).toBeInstanceOf(MisplacedControlFlow);
    expect(await replies()).toEqual([]);
  });

  it('refuse a connection whose handler failed', async () => {
    await answers.failed(message('websocket.connect'), new NotFoundException());
    expect(await replies()).toEqual([{ accept: false, status: 404, close: 1008 }]);
  });

  it.each([
    ['keep', new Error('boom'), []],
    ['close', new Error('boom'), [{ close: 1011, reason: '' }]],
    ['close', new NotFoundException(), [{ close: 1008, reason: '' }]],
  ] as const)('%s a connection whose frame met %p', async (onError, error, expected) => {
    answers = new Answers(router, { unrouted: 'deny', onError });
    await answers.failed(message('websocket.receive'), error);
    expect(await replies()).toEqual(expected);
  });

  it('have nobody to answer for a message without a reply channel', async () => {
    const alone = new Message<string>({ channel: 'websocket.connect', content: {} });
    await answers.failed(alone, new Error('boom'));
    expect(await replies()).toEqual([]);
  });

  it.each([
    ['websocket.connect', '/other', 'refused with 404', [{ accept: false, status: 404 }]],
    ['websocket.connect', '/known', undefined, [{ accept: true }]],
    ['websocket.receive', '/other', undefined, []],
    ['websocket.disconnect', '/other', undefined, []],
    ['jobs', '/other', 'dropped', []],
  ])('answer %s on %s without a route', async (channel, path, outcome, expected) => {
    expect(await answers.unrouted(message(channel, path))).toBe(outcome);
    expect(await replies()).toEqual(expected);
  });
});

describe('statusOf', () => {
  it.each([
    [new NotFoundException(), 404],
    [new HttpException('odd', 204), 500],
    [new Error('boom'), 500],
    ['text', 500],
  ])('%p is %i', (error, status) => {
    expect(statusOf(error)).toBe(status);
  });
});
