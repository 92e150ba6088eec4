import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import type { BridgeStatus } from '@nest-channels/client';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.js';
import { ClientApp } from '../support/client-app.js';
import { comesBackAfter, echo, openBridge, reaches, recordOf } from '../support/client-page.js';

jest.setTimeout(60_000);

type Waiting = Extract<BridgeStatus, { state: 'waiting' }>;

/** Is short, so that nothing here has to wait long; what holds for it holds for longer ones. */
const BACKOFF = { minMs: 4, maxMs: 64, factor: 2 };

/** A connection never counts as one that holds, nor an attempt as too slow, on any machine. */
const PATIENT = { stableMs: 3_600_000, connectTimeoutMs: 3_600_000 };

let browser: Browser;
let app: ClientApp;
let page: Page;

beforeAll(async () => {
  [app, browser] = await Promise.all([ClientApp.start(), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await app?.server.stop();
});

beforeEach(async () => {
  page = await browser.newPage();
});

afterEach(async () => {
  app.server.cut();
  await page.close();
});

async function enter(path = '/live'): Promise<void> {
  await page.goto(app.url);
  await openBridge(page, path, { backoff: BACKOFF, ...PATIENT });
}

const waits = (statuses: readonly BridgeStatus[]): Waiting[] =>
  statuses.filter((status): status is Waiting => status.state === 'waiting');

describe('a server that restarts', () => {
  it('is found again, by the same handlers, and gets what was said meanwhile', async () => {
    await enter();
    await app.server.stop();
    await reaches(page, 'waiting', 3);
    const meanwhile = page.evaluate(async () => {
      const stream = window.bridge.stream('echo');
      const next = stream.next();
      return { outcome: stream.send('meanwhile'), answer: await next };
    });
    await comesBackAfter(page, () => app.server.startAgain());
    expect(await meanwhile).toEqual({ outcome: 'queued', answer: 'meanwhile' });
    await app.say('we are back');
    expect(await echo(page, 'ping')).toBe('ping');
    const { chat, statuses } = await recordOf(page);
    expect(chat).toEqual(['we are back']);
    expect(waits(statuses)[0]).toMatchObject({ code: 1012, attempt: 1 });
    expect(waits(statuses)[1]).toMatchObject({ code: 1006, attempt: 2 });
  });
});

describe('20 abrupt cuts in a row', () => {
  it('cost no handler, and one attempt after each of 20 delays', async () => {
    await enter();
    const before = app.handshakes;
    for (let cut = 0; cut < 20; cut++) await comesBackAfter(page, () => app.server.cut());
    await app.say('still here');
    expect(await echo(page, 'ping')).toBe('ping');
    const { chat, plain, frames, statuses, errors } = await recordOf(page);
    expect([chat, plain, errors]).toEqual([['still here'], [], []]);
    expect(frames).toHaveLength(2);
    expect(app.handshakes - before).toBe(20);
    expectNoStorm(waits(statuses));
  });

  function expectNoStorm(pauses: readonly Waiting[]): void {
    expect(pauses.map(({ attempt }) => attempt)).toEqual(
      Array.from({ length: 20 }, (_, i) => i + 1),
    );
    for (const { attempt, delayMs } of pauses) {
      expect(delayMs).toBeGreaterThanOrEqual(4);
      expect(delayMs).toBeLessThanOrEqual(Math.min(64, 4 * 2 ** (attempt + 1)));
    }
    const late = pauses.slice(4).map(({ delayMs }) => delayMs);
    expect(new Set(late).size).toBeGreaterThan(1);
    expect(Math.max(...late)).toBeGreaterThan(16);
  }
});

describe('30 clients that are cut at once', () => {
  it('draw delays of their own, anywhere from 0.5 s to 2 s', async () => {
    await page.goto(app.url);
    const before = app.handshakes;
    const delays = await page.evaluateHandle(async () => {
      const bridges = Array.from({ length: 30 }, () => new window.channels.WebSocketBridge());
      await Promise.all(bridges.map((bridge) => bridge.connect('/live').opened()));
      return {
        drawn: Promise.all(
          bridges.map(
            (bridge) =>
              new Promise<number>((resolve) => {
                bridge.onChange((status) => {
                  if (status.state !== 'waiting') return;
                  resolve(status.delayMs);
                  bridge.close();
                });
              }),
          ),
        ),
      };
    });
    expect(app.handshakes - before).toBe(30);
    app.server.cut();
    const drawn = await delays.evaluate((handle) => handle.drawn);
    expect(drawn.filter((delayMs) => delayMs < 500 || delayMs > 2_000)).toEqual([]);
    expect(Math.max(...drawn) - Math.min(...drawn)).toBeGreaterThan(500);
  });
});

describe('sleep', () => {
  it('is noticed when it ends, and a connection that died in it is made anew', async () => {
    await page.clock.install();
    await enter();
    app.server.fallSilent();
    await comesBackAfter(page, async () => {
      await page.clock.fastForward(90_000);
      await page.clock.runFor(10_000);
    });
    await app.say('good morning');
    expect(await echo(page, 'ping')).toBe('ping');
    expect((await recordOf(page)).chat).toEqual(['good morning']);
  });

  it('of a page that the browser froze ends with a connection, too', async () => {
    await enter();
    const lifecycle = await page.context().newCDPSession(page);
    await comesBackAfter(page, async () => {
      await lifecycle.send('Page.setWebLifecycleState', { state: 'frozen' });
      app.server.cut();
      await lifecycle.send('Page.setWebLifecycleState', { state: 'active' });
    });
    await app.say('good morning');
    expect(await echo(page, 'ping')).toBe('ping');
    expect((await recordOf(page)).chat).toEqual(['good morning']);
  });

  it('of the network is not waited for longer than it lasts', async () => {
    await page.clock.install();
    await page.goto(app.url);
    await openBridge(page, '/live', { backoff: { minMs: 600_000, maxMs: 3_600_000 } });
    await page.context().setOffline(true);
    app.server.cut();
    await reaches(page, 'waiting');
    await page.context().setOffline(false);
    const [first, second] = waits((await recordOf(page)).statuses);
    await comesBackAfter(page, () => page.clock.runFor(second.delayMs));
    expect([first.attempt, second.attempt]).toEqual([1, 1]);
  });
});

describe('one connection', () => {
  it('has several streams, and tells of one that there is not', async () => {
    await enter();
    const echoes = await page.evaluate(async () => {
      const heard: unknown[] = [];
      window.bridge.demultiplex('echo', (payload, stream) => heard.push([stream, payload]));
      const feed = window.bridge.stream('echo').messages();
      for (const payload of [1, { a: ['b'] }, null]) window.bridge.stream('echo').send(payload);
      for (let count = 0; count < 3; count++) await feed.next();
      window.bridge.stream('weather').send('a secret');
      return heard;
    });
    expect(echoes).toEqual([
      ['echo', 1],
      ['echo', { a: ['b'] }],
      ['echo', null],
    ]);
    await app.say('hello');
    expect(await echo(page, 'ping')).toBe('ping');
    const { chat, plain, errors } = await recordOf(page);
    expect([chat, plain]).toEqual([['hello'], []]);
    expect(errors).toMatchObject([
      { code: 'CHANNELS_CLIENT_SERVER_ERROR', detail: { code: 'CHANNELS_STREAM_UNKNOWN' } },
    ]);
    expect(JSON.stringify(errors)).not.toContain('secret');
  });

  it('goes on after frames that are no envelope, which nobody quotes', async () => {
    await enter();
    await page.evaluate(() => {
      window.bridge.socket.send('{ "secret');
      window.bridge.send({ secret: 1 });
    });
    expect(await echo(page, 'ping')).toBe('ping');
    const { errors } = await recordOf(page);
    expect(errors.map(({ detail }) => detail)).toMatchObject([
      { code: 'CHANNELS_JSON_INVALID' },
      { code: 'CHANNELS_ENVELOPE_INVALID' },
    ]);
    expect(JSON.stringify(errors)).not.toContain('secret');
  });
});

describe('what the server closes for', () => {
  it.each([
    ['bad JSON', '{ "secret', 1007],
    ['an oversized frame', 'x'.repeat(1024 * 1024 + 1), 1009],
  ])('%s is not tried again', async (_what, frame, closeCode) => {
    await enter('/plain');
    await page.evaluate((text) => window.bridge.socket.send(text), frame);
    await reaches(page, 'closed');
    const { errors, statuses } = await recordOf(page);
    expect(errors).toMatchObject([{ code: 'CHANNELS_CLIENT_ENDED', closeCode }]);
    expect(waits(statuses)).toEqual([]);
    expect(JSON.stringify(errors)).not.toContain('secret');
  });
});
