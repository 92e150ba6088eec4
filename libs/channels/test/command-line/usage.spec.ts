import { describe, expect, it } from '@jest/globals';
import { FLAGS, variableOf } from '../../src/command-line/flags.js';
import { usage } from '../../src/command-line/usage.js';

describe('usage', () => {
  it.each(['server', 'worker'] as const)('of a %s has a line for each flag', (role) => {
    const lines = usage(role).split('\n');
    for (const flag of FLAGS[role]) {
      const line = lines.find((each) => each.includes(`--${flag.name} `));
      expect(line).toContain(`${flag.help} [${variableOf(flag)}]`);
    }
    expect(usage(role)).toContain('--help');
  });
});
