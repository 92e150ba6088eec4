import assert from 'node:assert/strict';
import { assertCame, assertRejects } from '../expectations.js';
import { range } from '../range.js';
import type { Theme } from '../theme.js';

const REFUSED = ['test.foo', 'test!', 'test?x', '?', '', 'a?b?', 'a b?', 'é?', 'test?\n'];
const VALID = /^[A-Za-z0-9_.-]+\?[A-Za-z0-9_.-]+$/;

/** Are the facts about names that a layer makes. */
export const newChannel: Theme = {
  title: 'newChannel',
  facts: [
    {
      title: 'completes a pattern to a valid single-reader name',
      async check(trial) {
        const pattern = trial.name('body?');
        const name = await trial.layer.newChannel(pattern);
        assert.ok(name.startsWith(pattern), name);
        assert.match(name, VALID);
        assert.ok(name.length < 100, name);
      },
    },
    {
      title: 'gives a name that messages can be sent to and received from',
      async check(trial) {
        const pattern = trial.name('body?');
        const one = await trial.layer.newChannel(pattern);
        const two = await trial.layer.newChannel(pattern);
        await trial.send(one, 1);
        assertCame(await trial.take([one, two]), [[one, 1]]);
        await trial.assertEmpty([one, two]);
      },
    },
    {
      title: 'gives another name each time, also through another handle',
      async check(trial) {
        const pattern = trial.name('body?');
        const make = (_: unknown, index: number) =>
          (index % 2 === 0 ? trial.layer : trial.sender).newChannel(pattern);
        const made = await Promise.all(range(200).map(make));
        assert.equal(new Set(made).size, 200);
      },
    },
    {
      title: 'completes the longest pattern to less than 100 characters',
      async check(trial) {
        const pattern = `${trial.name('').padEnd(76, 'x')}?`;
        const name = await trial.layer.newChannel(pattern);
        assert.ok(name.startsWith(pattern) && name.length < 100, name);
        await trial.send(name, 1);
        await trial.assertTakes(name, [1]);
      },
    },
    {
      title: 'refuses a pattern that is none, or leaves no room to complete it',
      async check({ layer }) {
        for (const pattern of [...REFUSED, `${'x'.repeat(77)}?`]) {
          await assertRejects('InvalidName', layer.newChannel(pattern));
        }
      },
    },
  ],
};
