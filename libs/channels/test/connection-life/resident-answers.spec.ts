import { beforeEach, describe, expect, it } from '@jest/globals';
import { ConflictException } from '@nestjs/common';
import { Channel, type Content, Message, SendScopes, systemClock } from '@nest-channels/core';
import { ResidentAnswers, UnknownEvents } from '../../src/connection-life/resident-answers.js';

let sent: Content[];
let refusals: number;
let warnings: string[];
let answers: ResidentAnswers;

beforeEach(() => {
  sent = [];
  refusals = 0;
  warnings = [];
  const unknown = new UnknownEvents({ warn: (line: string) => warnings.push(line) });
  answers = new ResidentAnswers({ label: 'Chat', unknown, onRefused: () => refusals++ });
});

function message(channel: string): Message {
  const carrier = {
    maxMessageBytes: Infinity,
    send: async (_name: string, content: Content): Promise<void> => void sent.push(content),
  };
  const replyChannel = new Channel('server.a!1', carrier, new SendScopes(systemClock));
  return new Message({ channel, content: {}, replyChannel });
}

describe('ResidentAnswers', () => {
  it.each<[string, Content[], number]>([
    ['websocket.connect', [{ accept: false, status: 409, close: 1008 }], 1],
    ['websocket.receive', [{ close: 1008, reason: '' }], 0],
    ['chat.said', [{ close: 1008, reason: '' }], 0],
    ['websocket.disconnect', [], 0],
  ])('answers a failure on %s', async (channel, replies, count) => {
    await answers.failed(message(channel), new ConflictException());
    expect(sent).toEqual(replies);
    expect(refusals).toBe(count);
  });

  it('accepts where no handler decides', async () => {
    await answers.unrouted(message('websocket.connect'));
    expect(sent).toEqual([{ accept: true }]);
  });

  it('tells of an event without a handler once', async () => {
    for (const channel of ['a', 'b', 'a', 'websocket.receive']) {
      await answers.unrouted(message(channel));
    }
    expect(sent).toEqual([]);
    expect(warnings).toEqual([
      'Chat has no handler for events of type "a": ignored',
      'Chat has no handler for events of type "b": ignored',
    ]);
  });
});

describe('UnknownEvents', () => {
  it('tells of a hundred at most', () => {
    const unknown = new UnknownEvents({ warn: (line: string) => warnings.push(line) });
    for (let index = 0; index < 200; index++) unknown.add('Chat', `type.${index}`);
    expect(warnings).toHaveLength(100);
  });
});
