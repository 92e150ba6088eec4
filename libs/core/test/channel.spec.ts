import { describe, expect, it } from '@jest/globals';
import {
  Channel,
  ChannelFull,
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
  return { layer, scopes, channel: (name: string) => new Channel(name, layer, scopes) };
}

describe('Channel', () => {
  it('has its name, also as its text form', () => {
    const jobs = setUp().channel('jobs');
    expect(jobs.name).toBe('jobs');
    expect(String(jobs)).toBe('jobs');
  });

  it.each(['jobs', 'body?x1', 'server.k3f9!42'])('sends to %j', async (name) => {
    const { layer, channel } = setUp();
    await channel(name).send({ id: 1 });
    const reader = name.replace(/!.*/, '!');
    expect(await available(layer, reader)).toEqual([{ channels: [name], content: { id: 1 } }]);
  });

  it('gives what it is sent to who intercepts it', async () => {
    const { layer, channel } = setUp();
    const sent: unknown[] = [];
    const jobs = channel('jobs').intercepted(async (...args) => void sent.push(args));
    await jobs.send({ id: 1 }, { immediately: true });
    expect(sent).toEqual([[{ id: 1 }, { immediately: true }]]);
    expect(jobs).toBeInstanceOf(Channel);
    expect(jobs.name).toBe('jobs');
    expect(layer.statistics().messagesCount).toBe(0);
  });

  it.each(['', 'two words', 'body?', 'a!b!c', 'jobs\n', 'x'.repeat(100)])(
    'cannot be made with the name %j',
    (name) => {
      const error = expectThrown(InvalidName, () => setUp().channel(name));
      expect(error).toMatchObject({ subject: 'channel', given: name });
    },
  );

  it.each<readonly [string, object]>([
    ['a list', [1]],
    ['a date', new Date(0)],
    ['an undefined value', { a: undefined }],
    ['a function', () => 1],
  ])('throws at once for %s as content and sends nothing', (_, content) => {
    const { layer, channel } = setUp();
    expectThrown(InvalidContent, () => channel('jobs').send(content));
    expect(layer.statistics().messagesCount).toBe(0);
  });

  it('throws for wrong content inside a scope too, where the mistake was made', async () => {
    const { layer, scopes, channel } = setUp();
    const failures: unknown[] = [];
    await scopes.run(
      async () => {
        expectThrown(InvalidContent, () => channel('jobs').send({ when: new Date(0) }));
      },
      (_, error) => failures.push(error),
    );
    expect(failures).toEqual([]);
    expect(layer.statistics().messagesCount).toBe(0);
  });

  it('copies the content when it is sent', async () => {
    const { layer, channel } = setUp();
    const content = { list: [1], bytes: Buffer.from([1]) };
    const sent = channel('jobs').send(content);
    content.list.push(2);
    content.bytes[0] = 2;
    await sent;
    expect(await contents(layer, 'jobs')).toEqual([{ list: [1], bytes: Buffer.from([1]) }]);
  });

  it('sends the same object twice as two messages that share nothing', async () => {
    const { layer, channel } = setUp();
    const content = { list: [1] };
    await channel('jobs').send(content);
    await channel('jobs').send(content);
    const [first, second] = await contents(layer, 'jobs');
    expect(first).toEqual(second);
    expect(first?.['list']).not.toBe(second?.['list']);
  });

  it('rejects a send to a full channel', async () => {
    const jobs = setUp({ capacity: 1 }).channel('jobs');
    await jobs.send({ id: 1 });
    const error = await expectRejected(ChannelFull, jobs.send({ id: 2 }));
    expect(error).toMatchObject({ channel: 'jobs', capacity: 1 });
  });

  it('rejects a send through a closed layer', async () => {
    const { layer, channel } = setUp();
    await layer.close();
    await expectRejected(LayerUnavailable, channel('jobs').send({ id: 1 }));
  });

  it('is buffered inside a scope, unless it sends immediately', async () => {
    const { layer, scopes, channel } = setUp();
    const failures: unknown[] = [];
    await scopes.run(
      async () => {
        await channel('jobs').send({ id: 'buffered' });
        await channel('jobs').send({ id: 'immediate' }, { immediately: true });
        expect(layer.statistics().messagesCount).toBe(1);
      },
      (_, error) => failures.push(error),
    );
    expect(await contents(layer, 'jobs')).toEqual([{ id: 'immediate' }, { id: 'buffered' }]);
    expect(failures).toEqual([]);
  });

  it('never rejects a buffered send, but reports it as a failure of its channel', async () => {
    const { layer, scopes, channel } = setUp();
    await layer.close();
    const targets: string[] = [];
    await scopes.run(
      () => channel('jobs').send({ id: 1 }),
      ({ target }) => targets.push(target),
    );
    expect(targets).toEqual(['channel "jobs"']);
  });
});
