import { describe, expect, it } from '@jest/globals';
import {
  ChannelFull,
  ChannelsError,
  InvalidClose,
  InvalidContent,
  InvalidName,
  InvalidPattern,
  LayerUnavailable,
  MalformedJson,
  MalformedMessage,
  MessageTooLarge,
  reasonOf,
  ReplyMissing,
  TooManyGroups,
} from '@nest-channels/core';

const ERRORS = [
  { error: new ChannelFull('jobs', 5), name: 'ChannelFull', code: 'CHANNELS_CHANNEL_FULL' },
  { error: new InvalidClose('why'), name: 'InvalidClose', code: 'CHANNELS_CLOSE_INVALID' },
  {
    error: new InvalidContent('content.a', 'why'),
    name: 'InvalidContent',
    code: 'CHANNELS_CONTENT_INVALID',
  },
  {
    error: new InvalidName('group', 'a b', 'letters'),
    name: 'InvalidName',
    code: 'CHANNELS_NAME_INVALID',
  },
  {
    error: new InvalidPattern('path', '/(', 'why'),
    name: 'InvalidPattern',
    code: 'CHANNELS_PATTERN_INVALID',
  },
  {
    error: new TooManyGroups('server!a', 5),
    name: 'TooManyGroups',
    code: 'CHANNELS_GROUPS_EXCEEDED',
  },
  {
    error: new LayerUnavailable('gone'),
    name: 'LayerUnavailable',
    code: 'CHANNELS_LAYER_UNAVAILABLE',
  },
  {
    error: new MalformedJson('why', 3),
    name: 'MalformedJson',
    code: 'CHANNELS_JSON_INVALID',
  },
  {
    error: new MalformedMessage('why'),
    name: 'MalformedMessage',
    code: 'CHANNELS_MESSAGE_MALFORMED',
  },
  {
    error: new MessageTooLarge(2, 1),
    name: 'MessageTooLarge',
    code: 'CHANNELS_MESSAGE_TOO_LARGE',
  },
  { error: new ReplyMissing('jobs'), name: 'ReplyMissing', code: 'CHANNELS_REPLY_MISSING' },
];

describe('ChannelsError', () => {
  it.each(ERRORS)('is what $name extends, with the code $code', ({ error, name, code }) => {
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(ChannelsError);
    expect(error).toMatchObject({ name, code });
    expect(String(error)).toBe(`${name}: ${error.message}`);
  });

  it('takes the name of the class that extends it', () => {
    class DeckFull extends ChannelsError<'SPEC_DECK_FULL'> {}
    const error = new DeckFull('SPEC_DECK_FULL', 'The deck is full.');
    expect(error).toMatchObject({ name: 'DeckFull', code: 'SPEC_DECK_FULL' });
    expect(error.message).toBe('The deck is full.');
  });

  it('keeps its cause', () => {
    const cause = new Error('connection refused');
    expect(new LayerUnavailable('Redis is gone.', { cause }).cause).toBe(cause);
    expect(new InvalidPattern('path', '/(', 'why', { cause }).cause).toBe(cause);
    expect(new LayerUnavailable('Redis is gone.')).not.toHaveProperty('cause');
    expect(new LayerUnavailable('Redis is gone.').executed).toBe('unknown');
  });
});

describe('ChannelFull', () => {
  it('names the channel, its capacity and the remedy', () => {
    const error = new ChannelFull('jobs', 1_000);
    expect(error).toMatchObject({ channel: 'jobs', capacity: 1_000 });
    expect(error.message).toBe(
      'Channel "jobs" is full: it holds 1000 unread messages. ' +
        'Add workers that read it, send less, or raise its capacity.',
    );
  });
});

describe('MessageTooLarge', () => {
  it('names the length, the limit and the remedy', () => {
    const error = new MessageTooLarge(1_048_577, 1_048_576);
    expect(error).toMatchObject({ bytes: 1_048_577, maxMessageBytes: 1_048_576 });
    expect(error.message).toBe(
      'A message of 1048577 bytes is longer than the 1048576 that its layer carries. ' +
        'Send a reference to what is large, or raise maxMessageBytes.',
    );
  });
});

describe('MalformedMessage', () => {
  it('names the problem', () => {
    expect(new MalformedMessage('it is not a map').message).toBe(
      'Cannot read a message: it is not a map.',
    );
  });
});

describe('InvalidName', () => {
  it('quotes a text, so that whitespace shows', () => {
    const error = new InvalidName('group', 'a\n', 'letters');
    expect(error.message).toBe('Invalid group name "a\\n": expected letters.');
  });

  it.each([
    [undefined, 'undefined'],
    [5, '5'],
    [Symbol('s'), 'Symbol(s)'],
  ])('shows %p as it is', (given, shown) => {
    const error = new InvalidName('channel', given, 'letters');
    expect(error.given).toBe(given);
    expect(error.message).toBe(`Invalid channel name ${shown}: expected letters.`);
  });

  it('can be made for a value that has no text form', () => {
    const given: unknown = Object.create(null);
    expect(new InvalidName('channel', given, 'letters').given).toBe(given);
  });
});

describe('InvalidContent', () => {
  it('names the path and the problem', () => {
    const error = new InvalidContent('content.items[2].when', 'expected a value, got undefined');
    expect(error.path).toBe('content.items[2].when');
    expect(error.message).toBe(
      'Cannot send content.items[2].when: expected a value, got undefined.',
    );
  });
});

describe('InvalidPattern', () => {
  it('names the key, the pattern and the problem', () => {
    expect(new InvalidPattern('path', 'rooms', 'a path starts with "/"').message).toBe(
      'Invalid pattern "rooms" for "path": a path starts with "/".',
    );
    expect(new InvalidPattern('text', /(a)/, 'name its groups').message).toBe(
      'Invalid pattern /(a)/ for "text": name its groups.',
    );
  });

  it('can be made for a value that has no text form', () => {
    const error = new InvalidPattern('path', Object.create(null), 'expected a text');
    expect(error.message).toContain('expected a text');
  });
});

describe('ReplyMissing', () => {
  it('names the channel the message came from', () => {
    expect(new ReplyMissing('thumbnails.make').message).toContain(
      'The message on "thumbnails.make" has no reply channel',
    );
  });
});

describe('reasonOf', () => {
  it.each<readonly [string, unknown, string]>([
    ['the message of an error', new TypeError('boom'), 'boom'],
    ['a thrown text', 'boom', 'boom'],
    ['a thrown number', 42, '42'],
    ['undefined', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a thrown symbol', Symbol('boom'), 'Symbol(boom)'],
  ])('returns %s', (_, thrown, reason) => {
    expect(reasonOf(thrown)).toBe(reason);
  });

  it('returns the message and the code of an error of ours', () => {
    expect(reasonOf(new LayerUnavailable('Redis is gone.'))).toBe(
      'Redis is gone. [CHANNELS_LAYER_UNAVAILABLE]',
    );
  });

  it('returns a text for a thrown object that has no text form', () => {
    expect(typeof reasonOf(Object.create(null))).toBe('string');
  });
});
