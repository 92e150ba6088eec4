import { describe, expect, it } from '@jest/globals';
import { check, describeFindings, type Findings, type Promises } from './checker.js';
import { History, type Outcome } from './history.js';

const PROMISES: Promises = { expiryMs: 1_000 };
const SOUND: Findings = {
  duplicated: [],
  misrouted: [],
  unexpected: [],
  reordered: [],
  late: [],
  lost: [],
  deaf: [],
};

function send(history: History, id: string, outcome: Outcome = 'sent', receivers = ['a']): void {
  history.sending({ id, sender: 's', receivers, outcome }, 0);
}

function deliver(history: History, id: string, receiver = 'a', at = 0): void {
  history.delivery({ id, receiver, process: 'p' }, at);
}

function findingsOf(tell: (history: History) => void, promises = PROMISES): Findings {
  const history = new History();
  tell(history);
  return check(history.events, promises).findings;
}

describe('the checker', () => {
  it('finds nothing in a history that keeps every promise', () => {
    const findings = findingsOf((history) => {
      for (const id of ['1', '2', '3']) send(history, id);
      send(history, 'refused', 'refused');
      send(history, 'recovered', 'unknown');
      send(history, 'unknown', 'unknown');
      send(history, 'to a group', 'sent', ['a', 'b']);
      for (const id of ['1', '3', 'recovered', 'to a group']) deliver(history, id);
      deliver(history, 'to a group', 'b', 1_900);
      history.loss({ by: 'layer', reason: 'expired', messages: 1 });
      history.probe({ socket: 'one', isAnswered: true });
    });
    expect(findings).toEqual(SOUND);
    expect(describeFindings(findings)).toEqual([]);
  });

  it.each<[finding: keyof Findings, what: string, tell: (history: History) => void]>([
    [
      'duplicated',
      '1 at a',
      (history) => {
        send(history, '1');
        deliver(history, '1');
        deliver(history, '1');
      },
    ],
    [
      'misrouted',
      '1 at b',
      (history) => {
        send(history, '1', 'sent', ['a']);
        deliver(history, '1');
        deliver(history, '1', 'b');
      },
    ],
    ['unexpected', 'forged at a', (history) => deliver(history, 'forged')],
    [
      'unexpected',
      '1 at a',
      (history) => {
        send(history, '1', 'refused');
        deliver(history, '1');
      },
    ],
    [
      'reordered',
      '1 at a',
      (history) => {
        for (const id of ['1', '2']) send(history, id);
        for (const id of ['2', '1']) deliver(history, id);
      },
    ],
    [
      'late',
      '1 at a',
      (history) => {
        send(history, '1');
        deliver(history, '1', 'a', 2_001);
      },
    ],
    ['lost', '1 at a', (history) => send(history, '1')],
    [
      'lost',
      '1 at b',
      (history) => {
        send(history, '1', 'sent', ['a', 'b']);
        deliver(history, '1');
      },
    ],
    ['deaf', 'one', (history) => history.probe({ socket: 'one', isAnswered: false })],
  ])('finds what is %s: %s', (finding, what, tell) => {
    const findings = findingsOf(tell);
    expect(findings).toEqual({ ...SOUND, [finding]: [what] });
    expect(describeFindings(findings)).toEqual([`1 ${finding}: ${what}`]);
  });

  it('explains as many losses as were counted, and no more', () => {
    const tell = (history: History): void => {
      for (const id of ['1', '2', '3']) send(history, id);
      history.loss({ by: 'layer', reason: 'closed', messages: 1 });
    };
    expect(findingsOf(tell).lost).toHaveLength(2);
    expect(findingsOf(tell, { ...PROMISES, uncounted: 2 }).lost).toEqual([]);
  });

  it('counts once what several members behind one mailbox miss', () => {
    const findings = findingsOf((history) => send(history, '1', 'sent', ['s!a', 's!b', 't!a']));
    expect(findings.lost).toEqual(['1 at s!', '1 at t!']);
  });

  it('does not ask for what was sent to a group while it had lost its members', () => {
    const tell = (history: History): void => {
      send(history, 'to a group', 'sent', ['a', 'b']);
      send(history, 'to one', 'sent', ['a']);
    };
    const promises = { ...PROMISES, amnesias: [{ from: -1, to: 1 }] };
    expect(findingsOf(tell, promises).lost).toEqual(['to one at a']);
    expect(findingsOf(tell, { ...PROMISES, amnesias: [{ from: 1, to: 2 }] }).lost).toHaveLength(3);
  });

  it('does not ask for what waited in a server that died', () => {
    const tell = (history: History): void => {
      send(history, 'to a group', 'sent', ['a', 'b']);
      send(history, 'to one', 'sent', ['a']);
    };
    const promises = { ...PROMISES, deaths: [{ from: -1, to: 1 }] };
    expect(findingsOf(tell, promises)).toEqual(SOUND);
  });

  it('asks of each process that reads a channel for an order of its own', () => {
    const findings = findingsOf((history) => {
      for (const id of ['1', '2']) send(history, id);
      deliver(history, '2');
      history.delivery({ id: '1', receiver: 'a', process: 'another' }, 0);
    });
    expect(findings).toEqual(SOUND);
  });

  it('asks for no order where none is promised', () => {
    const tell = (history: History): void => {
      for (const id of ['1', '2']) send(history, id);
      for (const id of ['2', '1']) deliver(history, id);
    };
    expect(findingsOf(tell, { ...PROMISES, unordered: ['a'] })).toEqual(SOUND);
  });

  it('counts what was sent, refused, unknown, delivered, missing and recovered', () => {
    const history = new History();
    for (const outcome of ['sent', 'refused', 'unknown'] as const) send(history, outcome, outcome);
    deliver(history, 'unknown');
    history.loss({ by: 'layer', reason: 'closed', messages: 3 });
    expect(check(history.events, PROMISES).counts).toEqual({
      sent: 1,
      refused: 1,
      unknown: 1,
      delivered: 1,
      missing: 1,
      counted: 3,
      recovered: 1,
    });
  });
});
