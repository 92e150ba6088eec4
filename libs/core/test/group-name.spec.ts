import { describe, expect, it } from '@jest/globals';
import { assertGroupName, groupName } from '@nest-channels/core';
import { assert, property, string } from 'fast-check';

const chosen = string({ unit: 'binary', maxLength: 2 });

describe('groupName', () => {
  it('keeps letters and digits, and writes the rest in hex', () => {
    expect(groupName`room-${'Lobby7'}`).toBe('room-Lobby7');
    expect(groupName`room-${'a-b'}.${7}`).toBe('room-a_2db.7');
    expect(groupName`room-${'é🙂_'}`).toBe('room-_c3_a9_f0_9f_99_82_5f');
    expect(groupName`everybody`).toBe('everybody');
    expect(groupName`room-${''}`).toBe('room-');
  });

  it.each(['*', 'a\nb', 'a:b', '{a}', '..', 'a!b', 'a?b', 'über', ' '])(
    'makes a name of %j',
    (value) => expect(() => assertGroupName(groupName`room-${value}`)).not.toThrow(),
  );

  it('never makes one name of two lists of values', () => {
    assert(
      property(chosen, chosen, chosen, chosen, (a, b, c, d) => {
        const isSame = groupName`t-${a}-r-${b}` === groupName`t-${c}-r-${d}`;
        // Halves of a character that come alone are all written as the same one.
        const [one, other] = [
          [a, b],
          [c, d],
        ].map((values) => values.map((v) => v.toWellFormed()));
        expect(isSame).toBe(one.join('\0') === other.join('\0') && one[0] === other[0]);
      }),
    );
  });

  it('refuses what is too long, and names the limit', () => {
    expect(() => groupName`room-${'x'.repeat(10_240)}`).toThrow(
      expect.objectContaining({ code: 'CHANNELS_NAME_INVALID' }),
    );
  });

  it('refuses a template whose values could run into each other', () => {
    expect(() => groupName`room-${'a'}${'b'}`).toThrow('"-" or "." between values');
    expect(() => groupName`room-${'a'}_${'b'}`).toThrow('"-" or "." between values');
  });
});
