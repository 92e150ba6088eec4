import { describe, expect, it } from '@jest/globals';
import {
  Channel,
  Group,
  InvalidContent,
  InvalidName,
  LayerUnavailable,
  ManualClock,
  memoryLayer,
  type MemoryLayerOptions,
  SendScopes,
} from '@nest-channels/core';
import { expectRejected, expectThrown } from './support/failure.js';
import { available, contents } from './support/messages.js';

function setUp(options?: MemoryLayerOptions) {
  const layer = memoryLayer(options);
  const scopes = new SendScopes(new ManualClock());
  const failures: string[] = [];
  return {
    layer,
    failures,
    channel: (name: string) => new Channel(name, layer, scopes),
    group: (name: string) => new Group(name, layer, scopes),
    run: (work: () => Promise<void>) => scopes.run(work, ({ target }) => failures.push(target)),
  };
}

describe('Group', () => {
  it('has its name, also as its text form', () => {
    const room = setUp().group('room');
    expect(room.name).toBe('room');
    expect(String(room)).toBe('room');
  });

  it.each(['', 'two words', 'body?x', 'server!a', 'server!', 'room\n', 'x'.repeat(100)])(
    'cannot be made with the name %j',
    (name) => {
      const error = expectThrown(InvalidName, () => setUp().group(name));
      expect(error).toMatchObject({ subject: 'group', given: name });
    },
  );

  it('takes members as channels and as names', async () => {
    const { channel, group } = setUp();
    const room = group('room');
    await room.add(channel('server!a'));
    await room.add('jobs');
    expect(await room.channels()).toEqual(['server!a', 'jobs']);
  });

  it('lets members go as channels and as names', async () => {
    const { channel, group } = setUp();
    const room = group('room');
    for (const name of ['a', 'b', 'c']) await room.add(name);
    await room.discard(channel('a'));
    await room.discard('b');
    await room.discard('never-there');
    expect(await room.channels()).toEqual(['c']);
  });

  it.each(['', 'two words', 'body?', 'a!b!c'])('rejects the member %j', async (name) => {
    const { group } = setUp();
    const room = group('room');
    const error = await expectRejected(InvalidName, room.add(name));
    expect(error).toMatchObject({ subject: 'channel', given: name });
    await expectRejected(InvalidName, room.discard(name));
    expect(await room.channels()).toEqual([]);
  });

  it('adds and lets go at once inside a scope, also one that fails', async () => {
    const { layer, group, run } = setUp();
    const room = group('room');
    await room.add('goes');
    const failed = run(async () => {
      await room.add('comes');
      await room.discard('goes');
      expect(await layer.groupChannels('room')).toEqual(['comes']);
      throw new Error('handler failed');
    });
    await expect(failed).rejects.toThrow('handler failed');
    expect(await room.channels()).toEqual(['comes']);
  });

  it('sends to each member', async () => {
    const { layer, group } = setUp();
    const room = group('room');
    for (const name of ['a', 'b', 'server!c']) await room.add(name);
    await room.send({ id: 1 });
    for (const name of ['a', 'b', 'server!']) {
      expect(await contents(layer, name)).toEqual([{ id: 1 }]);
    }
  });

  it('sends to those who are members when the send is carried out', async () => {
    const { layer, group, run } = setUp();
    const room = group('room');
    await room.add('left');
    await run(async () => {
      await room.send({ id: 1 });
      expect(layer.statistics().messagesCount).toBe(0);
      await room.add('joined');
      await room.discard('left');
    });
    expect(await available(layer, ['left', 'joined'])).toEqual([
      { channels: ['joined'], content: { id: 1 } },
    ]);
  });

  it('sends at once inside a scope when told to', async () => {
    const { layer, group, run } = setUp();
    const room = group('room');
    await room.add('jobs');
    await run(async () => {
      await room.send({ id: 'buffered' });
      await room.send({ id: 'immediate' }, { immediately: true });
      expect(layer.statistics().messagesCount).toBe(1);
    });
    expect(await contents(layer, 'jobs')).toEqual([{ id: 'immediate' }, { id: 'buffered' }]);
  });

  it('copies the content when it is sent', async () => {
    const { layer, group, run } = setUp();
    const room = group('room');
    await room.add('jobs');
    await run(async () => {
      const content = { list: [1] };
      await room.send(content);
      content.list.push(2);
    });
    expect(await contents(layer, 'jobs')).toEqual([{ list: [1] }]);
  });

  it.each<readonly [string, object]>([
    ['a list', [1]],
    ['a date', new Date(0)],
    ['an undefined value', { a: undefined }],
  ])('throws at once for %s as content', (_, content) => {
    expectThrown(InvalidContent, () => setUp().group('room').send(content));
  });

  it('takes a full member as no error', async () => {
    const { layer, group, failures, run } = setUp({ capacity: 1 });
    const room = group('room');
    await room.add('full');
    await room.add('free');
    await layer.send('full', { id: 1 });
    await room.send({ id: 2 });
    await run(() => room.send({ id: 3 }));
    expect(failures).toEqual([]);
    expect(await contents(layer, 'full')).toEqual([{ id: 1 }]);
    expect(await contents(layer, 'free')).toEqual([{ id: 2 }]);
    expect(layer.statistics().dropped.full).toBe(3);
  });

  it('rejects everything through a closed layer', async () => {
    const { layer, group } = setUp();
    const room = group('room');
    await layer.close();
    await expectRejected(LayerUnavailable, room.add('a'));
    await expectRejected(LayerUnavailable, room.discard('a'));
    await expectRejected(LayerUnavailable, room.send({ id: 1 }));
    await expectRejected(LayerUnavailable, room.channels());
  });

  it('never rejects a buffered send, but reports it as a failure of its group', async () => {
    const { layer, group, failures, run } = setUp();
    await layer.close();
    await run(() => group('room').send({ id: 1 }));
    expect(failures).toEqual(['group "room"']);
  });
});
