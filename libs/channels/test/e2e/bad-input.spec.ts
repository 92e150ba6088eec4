import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  ParseIntPipe,
  type Type,
  UseFilters,
} from '@nestjs/common';
import { MalformedJson } from '@nest-channels/core';
import {
  type ChannelsTest,
  createChannelsTest,
  type WebSocketCommunicator,
} from '@nest-channels/testing';
import {
  ChannelsRuntime,
  Consumers,
  Json,
  JsonWebsocketConsumer,
  type Life,
  WebsocketConsumer,
} from 'nest-channels';
import { LogRecorder } from '../support/log-recorder.js';

const SECRET = 'hunter2';
const MAX_BYTES = 1_000;

@Catch(MalformedJson)
class InOwnWords implements ExceptionFilter<MalformedJson> {
  catch({ code }: MalformedJson, _host: ArgumentsHost): unknown {
    return { refused: code };
  }
}

function consumers(life: Life): Type[] {
  @Consumers({ life, path: '/json' })
  class Raw extends JsonWebsocketConsumer {
    override readonly groups = ['all'];

    override receive(content: unknown): unknown {
      return content;
    }
  }

  @UseFilters(InOwnWords)
  @Consumers({ life, path: '/filtered' })
  class Filtered extends JsonWebsocketConsumer {
    override receive(content: unknown): unknown {
      return content;
    }
  }

  @Consumers({ life, path: '/checked' })
  class Checked extends JsonWebsocketConsumer {
    override receive(@Json('id', ParseIntPipe) id: number): unknown {
      return { id };
    }
  }

  @Consumers({ life, path: '/plain' })
  class Plain extends WebsocketConsumer {
    override receive(text: string): unknown {
      return text.length;
    }
  }
  return [Raw, Filtered, Checked, Plain];
}

let test: ChannelsTest;
let logs: LogRecorder;

afterEach(() => test.close());

/** Opens the only connection of a test. */
async function open(life: Life, path: string): Promise<WebSocketCommunicator> {
  logs = new LogRecorder();
  const options = { server: { maxMessageBytes: MAX_BYTES } };
  test = await createChannelsTest({ providers: consumers(life), options, logger: logs });
  const socket = test.webSocket(path);
  expect(await socket.connect()).toEqual({ accepted: true });
  return socket;
}

const sendUnknown = (): Promise<void> =>
  test.channels.group('all').send({ type: 'no.such', text: SECRET });

describe.each<Life>(['message', 'connection'])('bad input for a consumer of life %s', (life) => {
  it.each<[string, string | Uint8Array]>([
    ['half of an object', `{"password":"${SECRET}`],
    ['a word', SECRET],
    ['nothing', ''],
    ['bytes that are no UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
    ['two texts', `"${SECRET}" "${SECRET}"`],
  ])('closes with 1007 for %s instead of JSON, and quotes nothing of it', async (_what, frame) => {
    const socket = await open(life, '/json');
    await socket.send(frame);
    expect(await socket.closed()).toEqual({ code: 1007, reason: '' });
    expect(logs.messages('warn').join()).toContain('closed with 1007: Cannot read JSON');
    isNotQuoted(socket);
  });

  it('answers it as a filter says, and goes on', async () => {
    const socket = await open(life, '/filtered');
    await socket.send(`{"password":"${SECRET}`);
    expect(await socket.receiveJson()).toEqual({ refused: 'CHANNELS_JSON_INVALID' });
    await socket.sendJson('good');
    expect(await socket.receiveJson()).toBe('good');
  });

  it('ignores an event of unknown type, and goes on', async () => {
    const socket = await open(life, '/json');
    await sendUnknown();
    await socket.receiveNothing();
    await socket.sendJson('good');
    expect(await socket.receiveJson()).toBe('good');
    isNotQuoted(socket);
  });

  it('closes with 1009 for a frame that is too large, before anybody reads it', async () => {
    const socket = await open(life, '/plain');
    await socket.send('x'.repeat(MAX_BYTES));
    expect(await socket.receiveJson()).toBe(MAX_BYTES);
    await socket.send(SECRET.repeat(MAX_BYTES));
    expect(await socket.closed()).toMatchObject({ code: 1009 });
    isNotQuoted(socket);
  });
});

/** Nothing of a client's frame goes back to it, nor into the log. */
function isNotQuoted(socket: WebSocketCommunicator): void {
  expect(socket.waiting).toBe(0);
  expect(JSON.stringify(logs.lines)).not.toContain(SECRET);
}

describe('what a pipe refuses', () => {
  it('closes with 1008 in life connection', async () => {
    const socket = await open('connection', '/checked');
    await socket.sendJson({ id: SECRET });
    expect(await socket.closed()).toEqual({ code: 1008, reason: '' });
    isNotQuoted(socket);
  });

  it('is left alone in life message', async () => {
    const socket = await open('message', '/checked');
    await socket.sendJson({ id: SECRET });
    await socket.sendJson({ id: '7' });
    expect(await socket.receiveJson()).toEqual({ id: 7 });
    expect(logs.messages('warn', 'Worker').join()).toContain('refused with 400');
    isNotQuoted(socket);
  });
});

describe('an event of unknown type', () => {
  it('is told once, and counted, in life connection', async () => {
    await open('connection', '/json');
    for (let count = 0; count < 3; count++) await sendUnknown();
    await test.idle();
    const told = 'Raw has no handler for events of type "no.such": ignored';
    expect(logs.messages('warn', 'Residents')).toEqual([told]);
    expect(test.get(ChannelsRuntime).residentStatistics()).toMatchObject({ unrouted: 3 });
  });

  it('waits for a worker that wants it, until it expires, in life message', async () => {
    await open('message', '/json');
    await sendUnknown();
    await test.advance(61_000);
    await test.layer().send('any', {});
    expect(test.layer().statistics().dropped).toMatchObject({ expired: 1 });
  });
});
