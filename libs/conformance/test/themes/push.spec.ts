import { describe, it } from '@jest/globals';
import type { ChannelLayer, Received, Subscription } from '@nest-channels/core';
import { available } from '../support/available.js';
import { type Broken, expectCaught } from '../support/expect-caught.js';

const PAUSED = 'leaves messages in their channels while it is paused';

describe('push', () => {
  it.each<Broken>([
    [
      'cannot be paused',
      ({ layer }) => subscribing(layer, (each) => ({ ...bound(each), pause: ignore })),
      PAUSED,
      'can be paused by its listener, which then gets no further message',
    ],
    [
      'cannot be resumed',
      ({ layer }) => subscribing(layer, (each) => ({ ...bound(each), resume: ignore })),
      PAUSED,
    ],
    [
      'cannot be closed',
      ({ layer }) => subscribing(layer, (each) => ({ ...bound(each), close: ignore })),
      'leaves messages in their channels once it is closed',
    ],
    [
      'keeps messages for itself while it is paused',
      ({ layer }) => hoarding(layer),
      PAUSED,
      'hands over nothing whose time is over',
    ],
    [
      'opens again when it is resumed',
      ({ layer }) => reopening(layer),
      'stays closed when it is resumed',
    ],
    [
      'forgets what waited before',
      ({ layer }) => ({
        subscribe: (channels, listener) => {
          void available(layer, channels).catch(ignore);
          return layer.subscribe(channels, listener);
        },
      }),
      'hands over what waited before, and then what comes',
    ],
    [
      'hands over the first member of a group only',
      ({ layer }) => listening(layer, (each) => ({ ...each, channels: each.channels.slice(0, 1) })),
      'hands over a group message once, with the names of all its members',
    ],
    [
      'skips names it cannot receive from',
      ({ layer }) => ({
        subscribe: (channels, listener) => {
          const names = channels.filter((name) => /^[\w.-]+(!|\?[\w.-]+)?$/.test(name));
          return layer.subscribe(names, listener);
        },
      }),
      'refuses names that cannot be received from, at once',
    ],
    [
      'subscribes once it is closed',
      ({ layer }) => ({
        subscribe: (channels, listener) => {
          try {
            return layer.subscribe(channels, listener);
          } catch {
            return { pause: ignore, resume: ignore, close: ignore };
          }
        },
      }),
      'ends when the layer closes, after which there is no other',
    ],
    [
      'serves subscriptions before receivers',
      ({ layer }) => first(layer),
      'stands in line with waiting receivers',
      'hands each message to one of several subscriptions, and all get some',
    ],
    [
      'forgets where a message was sent to',
      ({ layer }) => listening(layer, (each) => ({ ...each, channels: [] })),
      'hands over messages as they come, in their order',
      'hands over the messages of all its channels, process-specific ones by full names',
    ],
    [
      'does not hear its listener',
      ({ layer }) => deafToListeners(layer),
      'is served also by what its listener sends',
    ],
  ])('catches a layer that %s', (...broken) => expectCaught('subscribe', broken));
});

type Listener = (message: Received) => void;

function ignore(): void {
  // A broken subscription does nothing here.
}

function bound(subscription: Subscription): Subscription {
  return {
    pause: () => subscription.pause(),
    resume: () => subscription.resume(),
    close: () => subscription.close(),
  };
}

function subscribing(
  layer: ChannelLayer,
  change: (subscription: Subscription) => Subscription,
): Partial<ChannelLayer> {
  return { subscribe: (channels, listener) => change(layer.subscribe(channels, listener)) };
}

function listening(
  layer: ChannelLayer,
  change: (message: Received) => Received,
): Partial<ChannelLayer> {
  return {
    subscribe: (channels, listener) =>
      layer.subscribe(channels, (message) => listener(change(message))),
  };
}

function deafToListeners(layer: ChannelLayer): Partial<ChannelLayer> {
  let isListening = false;
  return {
    subscribe: (channels, listener) =>
      layer.subscribe(channels, (message) => {
        isListening = true;
        listener(message);
        isListening = false;
      }),
    send: async (channel, content) => {
      if (!isListening) await layer.send(channel, content);
    },
  };
}

function hoarding(layer: ChannelLayer): Partial<ChannelLayer> {
  return {
    subscribe: (channels, listener) => {
      const kept: Received[] = [];
      let isPaused = false;
      const keep: Listener = (message) => (isPaused ? void kept.push(message) : listener(message));
      const subscription = layer.subscribe(channels, keep);
      const resume = (): void => {
        isPaused = false;
        for (const message of kept.splice(0)) listener(message);
      };
      const close = (): void => subscription.close();
      return { pause: () => void (isPaused = true), resume, close };
    },
  };
}

function reopening(layer: ChannelLayer): Partial<ChannelLayer> {
  return {
    subscribe: (channels, listener) => {
      let current = layer.subscribe(channels, listener);
      const resume = (): void => {
        current.close();
        current = layer.subscribe(channels, listener);
      };
      return { pause: () => current.pause(), resume, close: () => current.close() };
    },
  };
}

function first(layer: ChannelLayer): Partial<ChannelLayer> {
  const listeners: Listener[] = [];
  return {
    subscribe: (channels, listener) => {
      listeners.push(listener);
      return layer.subscribe(channels, listener);
    },
    send: async (channel, content) => {
      if (listeners.length === 0) await layer.send(channel, content);
      for (const listener of listeners) listener({ channels: [channel], content });
    },
  };
}
