import assert from 'node:assert/strict';
import type { ChannelLayer, LayerExtension } from '@nest-channels/core';
import { ContradictingDeclaration } from '../errors.js';
import type { Theme } from '../theme.js';

const REQUIRED: readonly (keyof ChannelLayer)[] = [
  'send',
  'receive',
  'newChannel',
  'closeChannel',
  'close',
];

const METHODS: Readonly<Record<LayerExtension, readonly (keyof ChannelLayer)[]>> = {
  groups: ['groupAdd', 'groupDiscard', 'groupSend', 'groupChannels'],
  flush: ['flush'],
  statistics: ['statistics', 'channelStatistics'],
  push: ['subscribe'],
};

/** Are the facts about what a layer says of itself. */
export const declaration: Theme = {
  title: 'the declaration of a layer',
  facts: [
    {
      title: 'names the extensions that the suite was told of, no more and no less',
      async check({ layer, declared }) {
        const hidden = [...layer.extensions].filter((each) => !declared.has(each));
        const missing = [...declared].filter((each) => !layer.extensions.has(each));
        if (hidden.length > 0) throw contradiction('declares', hidden, 'the suite was not told');
        if (missing.length > 0) throw contradiction('lacks', missing, 'the suite was told of it');
      },
    },
    {
      title: 'is kept: the methods of each declared extension are there',
      async check({ layer }) {
        const promised = [...layer.extensions].flatMap((extension) => METHODS[extension]);
        const missing = [...REQUIRED, ...promised].filter((name) => !isMethod(layer, name));
        if (missing.length > 0) throw contradiction('has no method', missing, 'it declares them');
      },
    },
    {
      title: 'gives a short name for logs',
      async check({ layer }) {
        assert.match(layer.name, /^\S{1,40}$/);
      },
    },
    {
      title: 'says how far messages travel, and beyond its process there is a second handle',
      async check({ layer, hasSecondHandle }) {
        assert.ok(['process', 'machine', 'network'].includes(layer.reach), layer.reach);
        const isAlone = layer.reach !== 'process' && !hasSecondHandle;
        if (isAlone) throw contradiction('reaches a', [layer.reach], 'the suite has no `connect`');
      },
    },
    {
      title: 'allows messages of 1,048,576 bytes at least',
      async check({ layer }) {
        assert.ok(layer.maxMessageBytes >= 1_048_576, String(layer.maxMessageBytes));
      },
    },
  ],
};

function contradiction(verb: string, what: readonly string[], but: string) {
  return new ContradictingDeclaration(`the layer ${verb} ${what.join(', ')}, but ${but}`);
}

function isMethod(layer: ChannelLayer, name: keyof ChannelLayer): boolean {
  return typeof layer[name] === 'function';
}
