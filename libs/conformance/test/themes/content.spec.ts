import { describe, it } from '@jest/globals';
import type { ChannelLayer, Content } from '@nest-channels/core';
import { type Broken, expectCaught } from '../support/expect-caught.js';

describe('content', () => {
  it.each<Broken>([
    [
      'carries JSON',
      ({ layer }) => sending(layer, throughJson),
      'keeps bytes that are no text as bytes',
      'keeps numbers, and integers of 64 bits as bigint',
    ],
    [
      'ends text at a NUL',
      ({ layer }) => sending(layer, (content) => mapValues(content, cutAtNul)),
      'keeps text as it is, control characters and characters of several bytes too',
    ],
    [
      'keeps notes among the keys of the user',
      ({ layer }) => sending(layer, (content) => without('__asgi_channel__', content)),
      'keeps keys of any kind, those a layer could use itself too',
    ],
    [
      'flattens what is deep',
      ({ layer }) => sending(layer, (content) => cutBelow(content, 32) as Content),
      'keeps objects 60 deep',
    ],
    [
      'takes empty lists for null',
      ({ layer }) => sending(layer, withoutEmptyLists),
      'keeps null, booleans, and empty and nested lists and objects',
    ],
    [
      'drops what is empty',
      ({ layer }) => ({
        send: async (channel, content) => {
          if (Object.keys(content).length > 0) await layer.send(channel, content);
        },
      }),
      'carries a message without content',
    ],
  ])('catches a layer that %s', (...broken) => expectCaught('content', broken));
});

function sending(
  layer: ChannelLayer,
  change: (content: Content) => Content,
): Partial<ChannelLayer> {
  return { send: (channel, content) => layer.send(channel, change(content)) };
}

function throughJson(content: Content): Content {
  const text = JSON.stringify(content, (_, value: unknown) =>
    typeof value === 'bigint' ? Number(value) : value,
  );
  return JSON.parse(text) as Content;
}

function mapValues(content: Content, change: (value: unknown) => unknown): Content {
  return Object.fromEntries(Object.entries(content).map(([key, value]) => [key, change(value)]));
}

function without(key: string, content: Content): Content {
  return Object.fromEntries(Object.entries(content).filter(([each]) => each !== key));
}

function cutAtNul(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/\0.*/s, '') : value;
}

function cutBelow(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return depth === 0 ? null : mapValues(value as Content, (each) => cutBelow(each, depth - 1));
}

function withoutEmptyLists(content: Content): Content {
  const text = JSON.stringify(content, (_, value: unknown) =>
    Array.isArray(value) && value.length === 0 ? null : value,
  );
  return JSON.parse(text) as Content;
}
