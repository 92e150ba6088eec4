import assert from 'node:assert/strict';
import { Channel, type Content, SendScopes, systemClock } from '@nest-channels/core';
import { assertSame } from '../expectations.js';
import type { Theme } from '../theme.js';
import type { Trial } from '../trial.js';

const KEYS = (
  'channel channels content deadline group id type __asgi_channel__ ' +
  'constructor hasOwnProperty toString toJSON then length 0 -1 ä a.b $a \0'
)
  .split(' ')
  .concat('', 'a key');

/** Are the facts about what a message carries. */
export const content: Theme = {
  title: 'content',
  facts: [
    {
      title: 'keeps text as it is, control characters and characters of several bytes too',
      check: (trial) =>
        assertCarried(trial, { text: '£ ☃ 😀 e\u0301', control: '\u0001\0\r\n', empty: '' }),
    },
    {
      title: 'keeps bytes that are no text as bytes',
      async check(trial) {
        const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
        const sent = { bytes, invalid: Buffer.from([0xc3, 0x28, 0]), none: new Uint8Array(0) };
        const received = await assertCarried(trial, sent);
        assert.ok(received['bytes'] instanceof Uint8Array || Buffer.isBuffer(received['bytes']));
      },
    },
    {
      title: 'keeps numbers, and integers of 64 bits as bigint',
      check: (trial) =>
        assertCarried(trial, {
          integers: [0, 1, -1, 127, 128, 65_536, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
          fractions: [0.1, -2.5e-300, Number.MAX_VALUE],
          large: [2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n],
        }),
    },
    {
      title: 'keeps null, booleans, and empty and nested lists and objects',
      check: (trial) =>
        assertCarried(trial, {
          values: [null, true, false],
          nested: { list: [[], {}, [{ deep: [1, [2, [3]]] }]] },
        }),
    },
    {
      title: 'keeps objects 60 deep',
      check: (trial) => assertCarried(trial, nested(60)),
    },
    {
      title: 'keeps keys of any kind, those a layer could use itself too',
      check: (trial) =>
        assertCarried(trial, Object.fromEntries(KEYS.map((key, index) => [key, index]))),
    },
    {
      title: 'carries a message without content',
      check: (trial) => assertCarried(trial, {}),
    },
    {
      title: 'is not reached by what the sender changes after Channel.send',
      async check(trial) {
        const sent = { list: [1], bytes: Buffer.from([1]) };
        const jobs = trial.name('jobs');
        const channel = new Channel(jobs, trial.sender, new SendScopes(systemClock));
        const sending = channel.send(sent);
        sent.list.push(2);
        sent.bytes[0] = 2;
        await sending;
        sent.list.push(3);
        const [received] = await trial.take(jobs);
        assertSame(received.content, { list: [1], bytes: Buffer.from([1]) });
      },
    },
  ],
};

async function assertCarried(trial: Trial, sent: Content): Promise<Content> {
  const jobs = trial.name('jobs');
  // What is sent belongs to the layer from then on.
  await trial.sender.send(jobs, structuredClone(sent));
  const [received] = await trial.take(jobs);
  assertSame(received.content, sent);
  return received.content;
}

function nested(depth: number): Content {
  return depth === 0 ? { end: true } : { next: nested(depth - 1) };
}
