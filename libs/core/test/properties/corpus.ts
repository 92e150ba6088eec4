import { type Step, StepCommand } from '../support/layer-steps.js';

/** Are the histories that every property of the layer always runs: add those that ever failed. */
const HISTORIES: readonly (readonly Step[])[] = [
  [],
  // A receiver of two channels that is served by one, while the group also has the other.
  [
    { do: 'groupAdd', group: 'one', channel: 'a' },
    { do: 'groupAdd', group: 'one', channel: 'server!x' },
    { do: 'receive', from: ['a', 'server!'], max: 1 },
    { do: 'groupSend', group: 'one' },
    { do: 'groupSend', group: 'one' },
  ],
  // An aborted receiver stands before another in the same line.
  [
    { do: 'receive', from: ['a', 'b'], max: 1 },
    { do: 'receive', from: ['a'], max: 1 },
    { do: 'abort', reader: 0 },
    { do: 'send', to: 'a' },
    { do: 'send', to: 'b' },
  ],
  // A message expires behind a mailbox with two members, and one of them joins again.
  [
    { do: 'groupAdd', group: 'one', channel: 'server!x' },
    { do: 'groupAdd', group: 'one', channel: 'server!y' },
    { do: 'groupAdd', group: 'two', channel: 'server!x' },
    { do: 'groupSend', group: 'one' },
    { do: 'advance', ms: 50 },
    { do: 'advance', ms: 50 },
    { do: 'statistics' },
    { do: 'groupAdd', group: 'one', channel: 'server!y' },
    { do: 'groupSend', group: 'one' },
    { do: 'groupSend', group: 'two' },
  ],
  // A full channel gets room by expiry and by a receive, never by both for one message.
  [
    { do: 'send', to: 'a' },
    { do: 'advance', ms: 60 },
    { do: 'send', to: 'a' },
    { do: 'send', to: 'a' },
    { do: 'send', to: 'a' },
    { do: 'advance', ms: 40 },
    { do: 'send', to: 'a' },
    { do: 'receive', from: ['a'], max: 1 },
    { do: 'send', to: 'a' },
  ],
  // A subscription that pauses, misses, resumes and shares the line with a receiver and another.
  [
    { do: 'subscribe', from: ['a', 'b'] },
    { do: 'subscribe', from: ['b'] },
    { do: 'receive', from: ['b'], max: 2 },
    { do: 'send', to: 'b' },
    { do: 'send', to: 'b' },
    { do: 'pause', reader: 0 },
    { do: 'send', to: 'b' },
    { do: 'send', to: 'b' },
    { do: 'send', to: 'a' },
    { do: 'resume', reader: 0 },
    { do: 'send', to: 'b' },
    { do: 'close', reader: 1 },
    { do: 'resume', reader: 1 },
    { do: 'send', to: 'b' },
  ],
  // A flush between sends, with a receiver that waits and a subscription that is paused.
  [
    { do: 'receive', from: ['a'], max: 1 },
    { do: 'subscribe', from: ['b'] },
    { do: 'pause', reader: 1 },
    { do: 'send', to: 'b' },
    { do: 'groupAdd', group: 'one', channel: 'b' },
    { do: 'flush' },
    { do: 'groupSend', group: 'one' },
    { do: 'resume', reader: 1 },
    { do: 'send', to: 'b' },
    { do: 'send', to: 'a' },
  ],
  // A timer that was set for a message that was read in time, and one sent later.
  [
    { do: 'send', to: 'a' },
    { do: 'advance', ms: 40 },
    { do: 'receive', from: ['a'], max: 1 },
    { do: 'send', to: 'a' },
    { do: 'advance', ms: 60 },
    { do: 'advance', ms: 39 },
    { do: 'statistics' },
    { do: 'advance', ms: 1 },
    { do: 'receive', from: ['a'], max: 1 },
  ],
  // A membership that runs out in the very moment in which the message to it does.
  [
    { do: 'groupAdd', group: 'one', channel: 'other!z' },
    { do: 'advance', ms: 150 },
    { do: 'groupSend', group: 'one' },
    { do: 'advance', ms: 100 },
    { do: 'groupAdd', group: 'one', channel: 'other!z' },
    { do: 'groupSend', group: 'one' },
  ],
];

/** Returns each history of the corpus as an example for a property. */
export function corpus(): [StepCommand[]][] {
  return HISTORIES.map((steps) => [steps.map((step) => new StepCommand(step))]);
}
