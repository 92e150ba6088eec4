import { describe, expect, it } from '@jest/globals';
import { InvalidName, SendScopes, systemClock } from '@nest-channels/core';
import { ChannelsSettings } from '../src/channels-options.js';
import { Channels } from '../src/channels.js';
import { UnknownLayer } from '../src/errors.js';
import { Layers } from '../src/layers.js';

describe('Channels', () => {
  const channels = new Channels(new Layers(new ChannelsSettings()), new SendScopes(systemClock));
  const { signal } = new AbortController();

  it('sends to a channel of the default layer', async () => {
    await channels.channel('jobs').send({ id: 1 });
    const [received] = await channels.layer().receive(['jobs'], { signal });
    expect(received).toMatchObject({ channels: ['jobs'], content: { id: 1 } });
  });

  it('adds to, lists and sends to a group of the default layer', async () => {
    const group = channels.group('all');
    await group.add(channels.channel('jobs'));
    expect(await group.channels()).toEqual(['jobs']);
    await group.send({ id: 2 });
    const [received] = await channels.layer().receive(['jobs'], { signal });
    expect(received.content).toEqual({ id: 2 });
  });

  it('refuses bad names and unknown layers where they are asked for', () => {
    expect(() => channels.channel('no name')).toThrow(InvalidName);
    expect(() => channels.group('no!group')).toThrow(InvalidName);
    expect(() => channels.group('all', 'bulk')).toThrow(UnknownLayer);
  });
});
