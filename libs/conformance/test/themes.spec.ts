import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { THEMES } from '../src/themes.js';
import { failuresWith } from './support/expect-caught.js';

describe('THEMES', () => {
  it('pass for a layer that is whole', async () => {
    expect(await failuresWith('', () => ({}), 1_000)).toEqual(new Map());
  });

  it('pass for a layer in a wrapper', async () => {
    const wrapped = failuresWith(
      '',
      ({ layer }) => ({
        send: (channel, content) => layer.send(channel, content),
        receive: (channels, options) => layer.receive(channels, options),
        groupSend: (group, content) => layer.groupSend(group, content),
      }),
      1_000,
    );
    expect(await wrapped).toEqual(new Map());
  });

  it('have facts that are each caught broken, those about facades and of tables apart', () => {
    const specs = read('themes').concat(read('.'));
    const facts = THEMES.flatMap((theme) => theme.facts);
    const missed = facts.filter(({ title }) => !specs.some((text) => text.includes(title)));
    const others = missed.filter(({ title }) => !/^(with|makes a later) /.test(title));
    expect(others.map(({ title }) => title)).toEqual([
      'is not reached by what the sender changes after Channel.send',
    ]);
  });

  it('have titles of their own, and so have their facts', () => {
    const titles = THEMES.flatMap((theme) => [
      theme.title,
      ...theme.facts.map((fact) => `${theme.title}: ${fact.title}`),
    ]);
    expect(new Set(titles).size).toBe(titles.length);
  });
});

/** Returns the texts of the specs in a folder beside this one, without this one. */
function read(folder: string): string[] {
  const url = new URL(`./${folder}/`, import.meta.url);
  const names = readdirSync(url).filter((name) => name.endsWith('.spec.ts'));
  const others = names.filter((name) => name !== 'themes.spec.ts');
  return others.map((name) => readFileSync(new URL(name, url), 'utf8'));
}
