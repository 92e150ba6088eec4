import { afterEach, describe, expect, it } from '@jest/globals';
import type { TooManyGroups } from '@nest-channels/core';
import { Injectable } from '@nestjs/common';
import {
  ChannelAndHttpSessionUserFromHttp,
  handshakeRequest,
  Revocation,
} from '@nest-channels/sessions';
import { sign } from 'cookie-signature';
import {
  AllowedHostsOnly,
  Channels,
  type ChannelsModuleOptions,
  Consumer,
  Consumers,
  groupName,
  Message,
  Msg,
} from 'nest-channels';
import type { BrowserSession } from '../support/browser-session.js';
import { Gate } from '../support/gate.js';
import { type Person, SECRET, SessionsApp, stopSessionsApps } from '../support/sessions-app.js';

afterEach(stopSessionsApps);

let gate: Gate | undefined;
let seen: Message[];

@Injectable()
@Consumers({ path: '/who' })
@AllowedHostsOnly('https://app.example', '127.0.0.1')
@ChannelAndHttpSessionUserFromHttp()
class Who {
  constructor(private readonly channels: Channels) {}

  @Consumer('websocket.connect')
  async connect(@Msg() message: Message) {
    seen.push(message);
    await message.reply((message.user as Person | null)?.name ?? 'nobody');
  }

  @Consumer('websocket.receive')
  async receive(@Msg() message: Message<'websocket.receive'>) {
    const [command, value] = (message.content.text ?? '').split('=');
    if (command === 'group') return this.#join(value, message);
    if (command === 'groups') return this.#joinMany(message);
    if (command === 'tenant') return this.#joinRoom(value, message);
    if (command === 'wait') await gate?.pass();
    if (message.httpSession) message.httpSession[command] = value;
    return 'saved';
  }

  async #join(name: string, { replyChannel }: Message) {
    await this.channels.group(decodeURIComponent(name)).add(replyChannel);
  }

  async #joinRoom(room: string, { replyChannel }: Message) {
    const group = this.channels.group(groupName`tenant-mine-room-${decodeURIComponent(room)}`);
    await group.add(replyChannel);
    return group.name;
  }

  /** Returns how many groups it could join, those of its session and user among them. */
  async #joinMany({ replyChannel }: Message) {
    let joined = 2;
    try {
      for (; joined < 100_000; joined++) await this.channels.group(`g-${joined}`).add(replyChannel);
      return 'all';
    } catch (error) {
      return `${joined} ${(error as TooManyGroups).code}`;
    }
  }
}

interface Scene {
  readonly app: SessionsApp;
  /** Is the browser of ada, who is logged in. */
  readonly victim: BrowserSession;
  /** Is a browser of somebody else. */
  readonly attacker: BrowserSession;
}

/** Is one row of the table. */
interface Attack {
  readonly id: string;
  readonly attack: string;
  /** Is what becomes of the attacker. */
  readonly expected: unknown;
  readonly options?: ChannelsModuleOptions;
  run(scene: Scene): Promise<unknown>;
}

// The guard and the sessions are attacked, so the server lets every origin pass.
const OPEN: ChannelsModuleOptions = { server: { allowedOrigins: '*', accessLog: 'json' } };
const PROXIED: ChannelsModuleOptions = {
  server: { ...OPEN.server, trustedProxies: ['127.0.0.1'] },
};

/** Connects with these headers: the status, the user, and how often the store was asked. */
async function attempt(
  { app, victim }: Scene,
  headers: Record<string, string>,
  path = '/who',
): Promise<unknown> {
  const { get } = app.store.counts;
  const socket = victim.socket(path, headers);
  const status = await socket.outcome;
  const user = status === 101 ? await socket.next() : undefined;
  return [status, user, app.store.counts.get - get];
}

const refusedUnread = [403, undefined, 0];
const anonymousUnread = [101, 'nobody', 0];

const FOREIGN_ORIGINS: Readonly<Record<string, string>> = {
  null: 'null',
  'a trailing dot': 'https://app.example.',
  'a name that ends the same': 'https://evil-app.example',
  'a name that begins the same': 'https://app.example.evil',
  'a user before the host': 'https://app.example@evil.example',
  'another port': 'https://app.example:8443',
  'another scheme': 'http://app.example',
  'an international name that looks the same': 'https://xn--pp-yhb.example',
  'two origins': 'https://app.example, https://evil.example',
  'a path': 'https://app.example/page',
  'no origin, but an empty header': ' ',
};

const cookieOf = (id: string, secret = SECRET): string =>
  `connect.sid=${encodeURIComponent(`s:${sign(id, secret)}`)}`;

const BAD_COOKIES: Readonly<Record<string, (cookie: string) => string>> = {
  forged: () => cookieOf('any-id', 'a guess'),
  truncated: (cookie) => cookie.slice(0, -5),
  'of another session, with this signature': (cookie) => cookie.replace('s%3A', 's%3AX'),
  huge: () => cookieOf('x'.repeat(8_000)),
  'of 500': () => Array.from({ length: 500 }, (_each, at) => `c${at}=${at}`).join('; '),
};

/** Returns what was logged of the value of a session cookie. */
function linesWith(cookie: string, { app }: Scene): string[] {
  const value = cookie.slice(cookie.indexOf('=') + 1).replace('s%3A', '');
  return app.lines.filter((line) => line.includes(value.slice(0, 16)));
}

const ATTACKS: readonly Attack[] = [
  {
    id: 'M40',
    attack: 'a page of elsewhere, with the cookie of the victim',
    expected: refusedUnread,
    run: (scene) => attempt(scene, { origin: 'https://evil.example' }),
  },
  ...Object.entries(FOREIGN_ORIGINS).map(([name, origin]) => ({
    id: 'M41',
    attack: `an origin with ${name}`,
    expected: refusedUnread,
    run: (scene: Scene) => attempt(scene, { origin }),
  })),
  ...['https://app.example', 'HTTPS://APP.EXAMPLE', 'https://app.example:443'].map((origin) => ({
    id: 'M41',
    attack: `the origin that is allowed, as ${origin}`,
    expected: [101, 'ada', 1],
    run: (scene: Scene) => attempt(scene, { origin }),
  })),
  {
    id: 'M42',
    attack: 'a page of a sibling domain, to which the cookie is sent too',
    expected: refusedUnread,
    run: (scene) => attempt(scene, { origin: 'https://blog.app.example' }),
  },
  {
    id: 'M43',
    attack: 'no origin, with the cookie of the victim',
    expected: refusedUnread,
    run: (scene) => attempt(scene, { origin: '' }),
  },
  {
    id: 'M44',
    attack: 'a session id that was fixed before the victim logged in',
    expected: [true, [101, 'nobody', 1]],
    run: async (scene) => {
      const { attacker } = scene;
      await attacker.visit('/visit?theme=dark');
      const fixed = attacker.cookie;
      await attacker.visit('/login?id=id-ada');
      return [fixed !== attacker.cookie, await attempt(scene, { cookie: fixed })];
    },
  },
  {
    id: 'M44',
    attack: 'the session id of somebody who has logged out',
    expected: [101, 'nobody', 1],
    run: async (scene) => {
      const { cookie } = scene.victim;
      await scene.victim.visit('/logout');
      return attempt(scene, { cookie });
    },
  },
  ...Object.entries(BAD_COOKIES).map(([name, spoil]) => ({
    id: 'M45',
    attack: `a cookie that is ${name}`,
    expected: [anonymousUnread, []],
    run: async (scene: Scene) => {
      const cookie = spoil(scene.victim.cookie);
      return [await attempt(scene, { cookie }), linesWith(cookie, scene)];
    },
  })),
  {
    id: 'M45',
    attack: 'cookies of more than 16 KiB',
    expected: [[431, undefined, 0], []],
    run: async (scene) => {
      const cookie = `connect.sid=${'x'.repeat(20_000)}`;
      return [await attempt(scene, { cookie }), linesWith(cookie, scene)];
    },
  },
  {
    id: 'M46',
    attack: 'to stay when the session is logged out, or the password changed',
    expected: [4401, 4401],
    run: async ({ app, victim }) => {
      const first = await victim.open('/who');
      await app.app.get(Revocation).user('id-ada');
      const second = await victim.open('/who');
      await victim.visit('/logout');
      return [await first.closed, await second.closed];
    },
  },
  {
    id: 'M47',
    attack: 'to guess a reply channel, or to choose one',
    expected: [true, true],
    run: async (scene) => {
      await attempt(scene, { 'reply-channel': 'jobs' }, '/who?reply_channel=jobs');
      const { name } = seen.at(-1)!.replyChannel;
      const random = /^server\.([\w-]+)!/.exec(name)?.[1] ?? '';
      return [name !== 'jobs', random.length * 6 >= 128];
    },
  },
  ...['*', 'a\nb', 'a:b', '{a}', 'x'.repeat(10_240)].map((name) => ({
    id: 'M48',
    attack: `a group named ${JSON.stringify(name.slice(0, 10))}`,
    expected: 'refused',
    run: async ({ app, victim }: Scene) => {
      const socket = await victim.open('/who');
      socket.send(`group=${encodeURIComponent(name)}`);
      await app.logged('CHANNELS_NAME_INVALID');
      return 'refused';
    },
  })),
  ...['*', 'a\nb', 'a:b', '{a}', '-room-../tenant-other-room-1'].map((room) => ({
    id: 'M48',
    attack: `a room named ${JSON.stringify(room)}, in a group of its tenant`,
    expected: [true, []],
    run: async ({ app, victim }: Scene) => {
      const socket = await victim.open('/who');
      await socket.next();
      const name = await socket.ask(`tenant=${encodeURIComponent(room)}`);
      const other = app.app.get(Channels).group('tenant-other-room-1');
      return [/^tenant-mine-room-[A-Za-z0-9_]+$/.test(name), await other.channels()];
    },
  })),
  {
    id: 'M49',
    attack: 'to join 100,000 groups with one connection',
    expected: '128 CHANNELS_GROUPS_EXCEEDED',
    run: async ({ victim }) => {
      const socket = await victim.open('/who');
      await socket.next();
      return socket.ask('groups');
    },
  },
  {
    id: 'M50',
    attack: 'more connections of one session than it may have',
    expected: [429, [101, 'nobody', 0]],
    run: async (scene) => {
      for (let count = 0; count < 20; count++) await scene.victim.open('/who');
      const refused = await scene.victim.socket('/who').outcome;
      return [refused, await attempt(scene, { cookie: '' })];
    },
  },
  {
    id: 'M50',
    attack: 'more connections of one address than it may have',
    expected: 429,
    options: { server: { ...PROXIED.server, maxConnectionsPerAddress: 3 } },
    run: async ({ attacker }) => {
      const headers = { 'x-forwarded-for': '203.0.113.9' };
      for (let count = 0; count < 3; count++) await attacker.open('/who', headers);
      return attacker.socket('/who', headers).outcome;
    },
  },
  {
    id: 'M51',
    attack: 'to come again and again',
    expected: 429,
    options: { server: { ...PROXIED.server, maxHandshakesPerSecondPerAddress: 5 } },
    run: async ({ attacker }) => {
      const headers = { 'x-forwarded-for': '203.0.113.9', origin: 'https://evil.example' };
      const sockets = Array.from({ length: 100 }, () => attacker.socket('/who', headers));
      const outcomes = await Promise.all(sockets.map(({ outcome }) => outcome));
      return outcomes.find((status) => status !== 403);
    },
  },
  {
    id: 'M52',
    attack: 'an address made up in front of the one that the proxy adds',
    expected: '203.0.113.9',
    options: PROXIED,
    run: async (scene) => {
      await attempt(scene, { 'x-forwarded-for': '10.0.0.1, 203.0.113.9' });
      return handshakeRequest(seen.at(-1)!).ip;
    },
  },
  {
    id: 'M53',
    attack: 'line breaks and escapes in the path',
    expected: [404, true],
    run: async ({ app, attacker }) => {
      const status = await attacker.socket('/x%0a%1b[31m%e2%80%a8y').outcome;
      // oxlint-disable-next-line no-control-regex
      return [status, app.lines.every((line) => !/[\x00-\x1f\x7f-\x9f\u2028]/.test(line))];
    },
  },
  {
    id: 'M54',
    attack: 'a session key in the query',
    expected: [[101, 'nobody', 0], true],
    run: async (scene) => {
      const key = scene.victim.cookie.replace('connect.sid=', '');
      const outcome = await attempt(scene, { cookie: '' }, `/who?session_key=${key}`);
      return [outcome, scene.app.lines.every((line) => !line.includes(key.slice(4, 20)))];
    },
  },
  {
    id: 'M61',
    attack: 'two sockets of one session that save at the same time',
    expected: { one: '1', wait: '2' },
    run: async ({ victim }) => {
      gate = new Gate();
      const [first, second] = [await victim.open('/who'), await victim.open('/who')];
      await Promise.all([first.next(), second.next()]);
      const waiting = second.ask('wait=2');
      await gate.arrived(1);
      await first.ask('one=1');
      gate.open();
      await waiting;
      const { one, wait } = (await (await victim.visit('/visit')).json()) as Record<string, string>;
      return { one, wait };
    },
  },
  {
    id: 'M61',
    attack: 'to bring a session back by saving it after its log-out',
    expected: [4401, [101, 'nobody', 1]],
    run: async (scene) => {
      gate = new Gate();
      const { victim, app } = scene;
      const { cookie } = victim;
      const socket = await victim.open('/who');
      socket.send('wait=2');
      await gate.arrived(1);
      await victim.visit('/logout');
      const code = await socket.closed;
      gate.open();
      await app.logged('its changes are dropped');
      return [code, await attempt(scene, { cookie })];
    },
  },
];

describe('an attack on sessions', () => {
  it.each(ATTACKS)('$id: $attack → $expected', async (attack) => {
    seen = [];
    gate = undefined;
    const { expected, options: channels = OPEN } = attack;
    const app = await SessionsApp.start({ consumers: [Who], channels });
    const scene = { app, victim: await app.browser('ada'), attacker: await app.browser() };
    expect(await attack.run(scene)).toEqual(expected);
  });
});
