import type { Attack } from '../support/attack.js';
import { close, text } from '../support/client-frame.js';
import { liveness, type Target } from '../support/target.js';

/** Are attacks with what frames carry: M32 to M35. */
export const payloads: readonly Attack[] = [
  ...[
    '{"__proto__":{"isAdmin":true}}',
    '{"a":[{"__proto__":null}]}',
    '{"constructor":{"prototype":{"isAdmin":true}}}',
    String.raw`{"\u005f_proto__":{"isAdmin":true}}`,
  ].map((json) => refusedJson('M32', `the JSON ${json}`, json)),
  ...['/__proto__', '/constructor', '/toString', '/echo/__proto__'].map((path) => ({
    id: 'M32',
    attack: `the path ${path}`,
    expected: 'HTTP 404',
    run: (target: Target) => target.handshake(path),
  })),
  ...[65, 5_000, 60_000, 100_000].map((depth) =>
    refusedJson('M33', `JSON ${depth} deep`, `${'['.repeat(depth)}${']'.repeat(depth)}`),
  ),
  refusedJson('M33', 'JSON 100,000 deep that never ends', '{"a":'.repeat(100_000)),
  refusedJson('M34', '1 MiB of {}', `[${'{},'.repeat(349_000)}{}]`),
  refusedJson('M34', 'an object of 10,000 keys', object(10_000)),
  refusedJson('M34', 'an array of 30,000 elements', `[${'0,'.repeat(30_000)}0]`),
  throwing('that throws at once', '/throws'),
  throwing('that rejects later', '/rejects'),
  {
    id: 'M35',
    attack: 'a disconnect handler that throws',
    expected: 'closed with 1000',
    run: (target) => target.endOf([close()], '/farewell'),
  },
];

function refusedJson(id: string, attack: string, json: string): Attack {
  return {
    id,
    attack,
    expected: 'closed with 1007',
    run: (target) => target.endOf([text(json)], '/json'),
  };
}

function throwing(what: string, path: string): Attack {
  return {
    id: 'M35',
    attack: `a frame for a handler ${what}`,
    expected: 'stays open',
    run: async (target) => {
      const client = await target.open(path);
      client.write(text('throw'));
      await target.served.hasRead(client);
      return liveness(client);
    },
  };
}

function object(keys: number): string {
  const members = Array.from({ length: keys }, (_, index) => `"${index}":0`);
  return `{${members.join(',')}}`;
}
