import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { floods } from './attacks/floods.js';
import { frames } from './attacks/frames.js';
import { handshakes } from './attacks/handshakes.js';
import { payloads } from './attacks/payloads.js';
import { hostileToOthers, tls } from './attacks/tls.js';
import type { Attack } from './support/attack.js';
import { ping, text } from './support/client-frame.js';
import { pongOf, textEcho } from './support/expected.js';
import { endClients, type ProtocolClient } from './support/protocol-client.js';
import { stopServedApps } from './support/served-app.js';
import { Target } from './support/target.js';

let target: Target;
let canary: ProtocolClient;

afterEach(endClients);
afterAll(stopServedApps);

/** What an attack leaves uncaught, jest reports as a failure of the test that runs. */
describe('a malicious client', () => {
  beforeAll(async () => {
    target = await Target.start();
  });

  it.each([...handshakes, ...frames, ...payloads])('$id: $attack → $expected', survives);
});

describe('a malicious client of a server that looks at the clock', () => {
  beforeAll(async () => {
    target = await Target.startRestless();
  });

  it.each(floods)('$id: $attack → $expected', survives);
});

describe('a malicious client of a server with TLS', () => {
  beforeAll(async () => {
    target = await Target.start(hostileToOthers());
  });

  it.each(tls)('$id: $attack → $expected', survives);
});

async function survives({ run, expected }: Attack): Promise<void> {
  canary = await target.open('/echo');
  await sings();
  expect(await run(target)).toBe(expected);
  await sings();
  await endClients();
  await target.hasLeft(0);
  expect(Object.keys(Object.prototype)).toEqual([]);
}

/** Resolves when the canary has been answered by the protocol and by a handler. */
async function sings(): Promise<void> {
  const { length } = canary.events;
  canary.write(ping('tick'));
  await canary.heard(length + 1);
  canary.write(text('tweet'));
  await canary.heard(length + 2);
  expect(canary.events.slice(length)).toEqual([pongOf('tick'), textEcho('tweet')]);
}
