import type { Theme } from '../theme.js';
import type { Trial } from '../trial.js';
import { assertCame, assertRejects } from '../expectations.js';

/** Is the longest a name may be. */
const LENGTH = 99;

/** Are what nobody can receive from: each is put behind the prefix of a test. */
const REFUSED: Readonly<Record<string, string>> = {
  'a process-specific name with a local part': '!a',
  'two exclamation marks': '!!',
  'an unfinished single-reader name': '?',
  'two question marks': '?a?b',
  'both marks': '?a!',
  'a space': ' a',
  'a line break at its end': '\n',
  'a letter outside ASCII': 'é',
  'a digit outside ASCII': '٣',
  'a wildcard': '*',
  '100 characters': 'x'.repeat(100),
};

/** Are the facts about names that a layer has to take or refuse. */
export const names: Theme = {
  title: 'names',
  facts: [
    {
      title: 'of 99 characters work',
      async check(trial) {
        const prefix = trial.name('');
        const long = prefix.padEnd(LENGTH, 'x');
        await assertUsable(trial, long, long);
        const reader = prefix.padEnd(LENGTH - 1, '?x').replace(/\?(?=.*\?)/g, 'x');
        await assertUsable(trial, reader, reader);
        const server = `${prefix.padEnd(60, 'x')}!`;
        await assertUsable(trial, server.padEnd(LENGTH, 'y'), server);
      },
    },
    {
      title: 'of every character that is allowed work',
      async check(trial) {
        const letters = 'abcdefghijklmnopqrstuvwxyz';
        for (const characters of [letters, letters.toUpperCase(), '0123456789-_.']) {
          const [name, reader] = trial.names(characters, `a?${characters}`);
          await assertUsable(trial, name, name);
          await assertUsable(trial, reader, reader);
          const [full, server] = trial.names(`a${characters}!${characters}`, `a${characters}!`);
          await assertUsable(trial, full, server);
        }
      },
    },
    {
      title: 'of what every object inherits work',
      async check(trial) {
        for (const word of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length']) {
          const [full, server] = trial.names(`server!${word}`, 'server!');
          await assertUsable(trial, full, server);
        }
      },
    },
    {
      title: 'that differ in case only are different names',
      async check(trial) {
        const [lower, upper] = trial.names('jobs', 'JOBS');
        await trial.send(upper, 1);
        await trial.assertEmpty(lower);
        await trial.assertTakes(upper, [1]);
      },
    },
    ...Object.entries(REFUSED).map(([problem, ending]) => ({
      title: `with ${problem} are refused by a receive, which takes nothing`,
      async check(trial: Trial): Promise<void> {
        const jobs = trial.name('jobs');
        await trial.send(jobs, 1);
        const listener = trial.listen([jobs, trial.name(`a${ending}`)]);
        await assertRejects('InvalidName', listener.done());
        await trial.assertTakes(jobs, [1]);
      },
    })),
  ],
};

async function assertUsable(trial: Trial, name: string, readAs: string): Promise<void> {
  await trial.send(name, 1);
  assertCame(await trial.take(readAs), [[name, 1]]);
}
