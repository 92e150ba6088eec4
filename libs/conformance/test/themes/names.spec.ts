import { describe, it } from '@jest/globals';
import { type ChannelLayer, localName } from '@nest-channels/core';
import { type Broken, expectCaught } from '../support/expect-caught.js';

describe('names', () => {
  it.each<Broken>([
    [
      'cuts names after 80 characters',
      ({ layer }) => renaming(layer, cut),
      'of 99 characters work',
    ],
    [
      'takes capitals for small letters',
      ({ layer }) => renaming(layer, (name) => name.toLowerCase()),
      'that differ in case only are different names',
      'of every character that is allowed work',
    ],
    [
      'keeps local parts as keys of an object',
      ({ layer }) => ({
        send: async (channel, content) => {
          if (!((localName(channel) ?? '') in {})) await layer.send(channel, content);
        },
      }),
      'of what every object inherits work',
    ],
    [
      'skips names it cannot receive from',
      ({ layer }) => ({
        receive: (channels, options) =>
          layer.receive(
            channels.filter((name) => /^[\w.-]+(!|\?[\w.-]+)?$/.test(name) && name.length < 100),
            options,
          ),
      }),
      'with a space are refused by a receive, which takes nothing',
      'with an unfinished single-reader name are refused by a receive, which takes nothing',
      'with 100 characters are refused by a receive, which takes nothing',
    ],
    [
      'takes a name with a line break at its end',
      ({ layer }) => renaming(layer, (name) => name.trimEnd()),
      'with a line break at its end are refused by a receive, which takes nothing',
    ],
    [
      'takes messages before it looks at the names',
      ({ layer }) => ({
        receive: async (channels, options) => {
          for (const name of channels) await layer.receive([name], options);
          return [];
        },
      }),
      'with a space are refused by a receive, which takes nothing',
    ],
  ])('catches a layer that %s', (...broken) => expectCaught('names', broken));
});

function renaming(layer: ChannelLayer, rename: (name: string) => string): Partial<ChannelLayer> {
  return {
    send: (channel, content) => layer.send(rename(channel), content),
    receive: (channels, options) => layer.receive(channels.map(rename), options),
  };
}

function cut(name: string): string {
  return name.slice(0, 80);
}
