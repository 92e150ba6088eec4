import { describe, expect, it } from '@jest/globals';
import type { Arrived, Inbox, Receiver } from '../src/inbox.js';
import { Inboxes } from '../src/inboxes.js';

function inboxesWith(demanded: string[] = [], taken: string[] = []): Inboxes {
  return new Inboxes({
    open: (_, { channels, body }) =>
      body.length > 0 ? { channels, content: { id: String(body) } } : undefined,
    onDemand: ({ name }) => demanded.push(name),
    onTaken: (_, { body }) => taken.push(String(body)),
  });
}

function message(id: string): Arrived {
  return { channels: ['any'], body: Buffer.from(id), sentAt: 0 };
}

function receiver(inboxes: Inboxes, name: string, came: unknown[]): Receiver {
  const each: Receiver = {
    wants: 1,
    serve: (inbox: Inbox) => {
      inboxes.leave([name], each);
      came.push(inboxes.shift(inbox)?.content['id']);
    },
    end: () => undefined,
  };
  return each;
}

describe('inboxes', () => {
  it('serve those who wait in the order they came', () => {
    const inboxes = inboxesWith();
    const [first, second]: unknown[][] = [[], []];
    inboxes.enter(['jobs'], receiver(inboxes, 'jobs', first));
    inboxes.enter(['jobs'], receiver(inboxes, 'jobs', second));
    expect(inboxes.deliver('jobs', [message('1'), message('2')])).toBe(0);
    expect([first, second]).toEqual([['1'], ['2']]);
  });

  it('keep what nobody waits for until it is withdrawn, to go back into Redis', () => {
    const inboxes = inboxesWith();
    expect(inboxes.deliver('jobs', [message('1')])).toBe(1);
    expect(inboxes.withdraw('jobs').map(({ body }) => String(body))).toEqual(['1']);
    expect(inboxes.withdraw('jobs')).toEqual([]);
    expect(inboxes.find('jobs')).toBeUndefined();
  });

  it('give what nobody waited for to who comes next', () => {
    const inboxes = inboxesWith();
    inboxes.deliver('jobs', [message('1'), message('2')]);
    expect(inboxes.take(['jobs'], 1)[0].content).toEqual({ id: '1' });
    const came: unknown[] = [];
    inboxes.enter(['jobs'], receiver(inboxes, 'jobs', came));
    expect(came).toEqual(['2']);
    expect(inboxes.find('jobs')).toBeUndefined();
  });

  it('keep what came to a mailbox, and give it in the order it came', () => {
    const inboxes = inboxesWith();
    expect(inboxes.deliver('b!', [message('1')])).toBe(1);
    inboxes.deliver('a!', [message('2')]);
    inboxes.deliver('b!', [message('3')]);
    const ids = inboxes.take(['a!', 'b!'], 2).map(({ content }) => content['id']);
    expect(ids).toEqual(['1', '2']);
  });

  it('pass over what cannot be opened, and tell that it was taken too', () => {
    const taken: string[] = [];
    const inboxes = inboxesWith([], taken);
    inboxes.deliver('a!', [message(''), message('1')]);
    expect(inboxes.take(['a!'], 5)).toHaveLength(1);
    expect(taken).toEqual(['', '1']);
  });

  it('tell which normal channels are wanted, as long as somebody waits', () => {
    const demanded: string[] = [];
    const inboxes = inboxesWith(demanded);
    const waiting = receiver(inboxes, 'jobs', []);
    inboxes.enter(['jobs', 'a!'], waiting);
    expect(demanded).toEqual(['jobs', 'a!']);
    expect(inboxes.wanted().map(({ name }) => name)).toEqual(['jobs']);
    inboxes.leave(['jobs', 'a!'], waiting);
    expect(inboxes.wanted()).toEqual([]);
    expect(inboxes.find('jobs')).toBeUndefined();
  });
});
