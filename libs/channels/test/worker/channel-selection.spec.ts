import { describe, expect, it } from '@jest/globals';
import { ChannelSelection } from '../../src/worker/channel-selection.js';

const NAMES = ['jobs', 'jobs.mail', 'jobs.slow', 'websocket.receive'];

function selected(onlyChannels: string[], excludeChannels: string[]): string[] {
  const selection = new ChannelSelection({ onlyChannels, excludeChannels });
  return NAMES.filter((name) => selection.has(name));
}

describe('ChannelSelection', () => {
  it('has every channel when nothing is said', () => {
    expect(selected([], [])).toEqual(NAMES);
  });

  it('has those that any of the globs keeps', () => {
    expect(selected(['jobs.*', 'web*'], [])).toEqual([
      'jobs.mail',
      'jobs.slow',
      'websocket.receive',
    ]);
  });

  it('has none that any of the globs excludes', () => {
    expect(selected([], ['*.slow', 'jobs'])).toEqual(['jobs.mail', 'websocket.receive']);
  });

  it('takes what is excluded out of what is kept', () => {
    expect(selected(['jobs.*'], ['*.slow'])).toEqual(['jobs.mail']);
  });
});
