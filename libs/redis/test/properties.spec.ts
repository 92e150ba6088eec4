import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChannelFull, nonLocalName, type Received } from '@nest-channels/core';
import { type RedisLayer, redisLayer, type RedisLayerOptions } from '@nest-channels/redis';
import * as fc from 'fast-check';
import { take } from './support/layers.js';
import { type LayoutName, LAYOUTS, Layouts, MISSING } from './support/layouts.js';
import { range } from './support/range.js';

/** Is how often each property is tried, and for how long that is begun. */
const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 20);
const TRIED_MS = process.env['PROPERTY_RUNS'] ? Infinity : 2_000;

/** Is for how long a try may hang. */
const PATIENCE_MS = 20_000;

const CAPACITY = 3;
const MAILBOX_CAPACITY = 4;

const CHANNELS = ['a', 'b', 'server!x', 'server!y', 'other!z'] as const;
const layerIndex = fc.nat(1);
const sends = (maxLength: number) =>
  fc.array(fc.record({ by: layerIndex, to: fc.constantFrom(...CHANNELS) }), { maxLength });

/** Tries a property with so many plans, or as many as there is time for. */
async function assertFor<Plan>(
  plans: fc.Arbitrary<Plan>,
  holds: (plan: Plan, run: number) => Promise<void>,
): Promise<void> {
  const end = performance.now() + TRIED_MS;
  const property = fc.asyncProperty(plans, async (plan) => {
    if (performance.now() < end) await holds(plan, runs++);
  });
  await fc.assert(property, { numRuns: RUNS, timeout: PATIENCE_MS });
}

type Change = 'groupAdd' | 'groupSend' | 'groupDiscard' | 'closeChannel';

function overEach(body: (layout: LayoutName) => void): void {
  for (const layout of LAYOUTS) {
    const block = MISSING.includes(layout) ? describe.skip : describe;
    block(`layers over ${layout}`, () => body(layout));
  }
}

let layouts: Layouts;
/** Keeps the channels of one run apart from those of another. */
let runs = 0;

beforeAll(async () => {
  layouts = await Layouts.start();
});
afterAll(() => layouts.stop());

/** Returns what a channel is called in this run. */
function named(run: number, channel: string): string {
  return `r${run}-${channel}`;
}

const names = (run: number): string[] => [
  ...new Set(CHANNELS.map((channel) => nonLocalName(named(run, channel)))),
];

/** Takes all that was accepted from each channel, and makes sure that nothing follows. */
async function drain(
  layer: RedisLayer,
  expected: ReadonlyMap<string, number>,
): Promise<Map<string, Received[]>> {
  const taken = new Map<string, Received[]>();
  for (const [name, count] of expected) {
    taken.set(name, await take(layer, [name], count));
    const last = name.endsWith('!') ? `${name}last` : name;
    await untilRoom(() => layer.send(last, { id: 'last' }));
    expect((await take(layer, [name]))[0].content).toEqual({ id: 'last' });
  }
  return taken;
}

/** Takes what is in a channel, in the order it was sent. */
async function untilLast(layer: RedisLayer, name: string): Promise<Received[]> {
  const taken: Received[] = [];
  const last = name.endsWith('!') ? `${name}last` : name;
  // A full channel has to be read first.
  const isSent = untilRoom(() => layer.send(last, { id: 'last' }));
  while (taken.at(-1)?.content['id'] !== 'last') taken.push(...(await take(layer, [name])));
  await isSent;
  return taken.slice(0, -1);
}

/** Reads the mailboxes of a run from their beginning, as the process does that they belong to. */
async function own(layer: RedisLayer, run: number): Promise<void> {
  for (const name of names(run).filter((each) => each.endsWith('!'))) {
    await layer.send(`${name}first`, {});
    await take(layer, [name]);
  }
  // It knows the members, and there is room, when what is asked for later is answered.
  await turn();
  await layer.groupChannels('nobody');
}

/** A mailbox has room again a moment after something was taken. */
async function untilRoom(send: () => Promise<void>): Promise<void> {
  while (await send().then(() => false, isFull)) await turn();
}

function isFull(error: unknown): boolean {
  if (error instanceof ChannelFull) return true;
  throw error;
}

const idsOf = (messages: readonly Received[]): unknown[] =>
  messages.map(({ content }) => content['id']);

overEach((layout) => {
  let roomy: RedisLayer[];
  let tight: RedisLayer[];
  let grouped: RedisLayer[];

  beforeAll(async () => {
    const pair = (limits: RedisLayerOptions): RedisLayer[] => {
      const prefix = `properties ${layout} ${JSON.stringify(limits)}`;
      const options = { timeoutMs: 10_000, prefix, ...limits, ...layouts.optionsOf(layout) };
      return range(2).map(() => redisLayer(options));
    };
    roomy = pair({});
    tight = pair({ capacity: CAPACITY, mailboxCapacity: MAILBOX_CAPACITY });
    grouped = pair({ capacity: CAPACITY });
    await Promise.all([...roomy, ...tight, ...grouped].map((layer) => layer.connected()));
  });
  afterAll(() => Promise.all([...roomy, ...tight, ...grouped].map((layer) => layer.close())));

  const plan = fc.record({
    sent: sends(24),
    receives: fc.array(
      fc.record({
        by: layerIndex,
        from: fc.constantFrom('a', 'b'),
        max: fc.integer({ min: 1, max: 4 }),
      }),
      { maxLength: 6 },
    ),
    turns: fc.array(fc.nat(4), { minLength: 6, maxLength: 6 }),
  });

  it('P1, P4: deliver once and in order, also when receives are cancelled at any moment', async () => {
    await assertFor(plan, async ({ sent, receives, turns }, run) => {
      const got: Received[][] = [];
      const receiving = receives.map(async ({ by, from, max }, index) => {
        const controller = new AbortController();
        // Only a channel that one process reads has an order when receives are cancelled.
        const layer = roomy[from === 'a' ? 0 : by];
        const received = layer.receive([named(run, from)], {
          signal: controller.signal,
          max,
        });
        for (const _ of range(turns[index])) await turn();
        controller.abort();
        got.push(await received);
      });
      await Promise.all(sent.map(({ by, to }, id) => roomy[by].send(named(run, to), { id, by })));
      await Promise.all(receiving);
      const counts = new Map(names(run).map((name) => [name, 0]));
      for (const { to } of sent) tally(counts, nonLocalName(named(run, to)), 1);
      for (const { channels } of got.flat()) tally(counts, nonLocalName(channels[0]), -1);
      const left = await drain(roomy[0], counts);
      const all = [...got, ...left.values()];
      const ids = all.flatMap(idsOf) as number[];
      expect(ids.toSorted((a, b) => a - b)).toEqual(range(sent.length));
      for (const each of all)
        expectOrder(each.filter(({ channels }) => channels[0] !== named(run, 'b')));
      for (const each of all.flat()) {
        const id = each.content['id'] as number;
        expect(each.channels).toEqual([named(run, sent[id].to)]);
      }
    });
  });

  it('P2: hold exactly as many as their capacity, whoever sends', async () => {
    await assertFor(sends(24), async (sent, run) => {
      const outcomes = await Promise.allSettled(
        sent.map(({ by, to }, id) => tight[by].send(named(run, to), { id, by })),
      );
      const accepted = new Map(names(run).map((name) => [name, 0]));
      const tried = new Map(accepted);
      for (const [index, outcome] of outcomes.entries()) {
        const name = nonLocalName(named(run, sent[index].to));
        tally(tried, name, 1);
        if (outcome.status === 'fulfilled') tally(accepted, name, 1);
        else expect(outcome.reason).toBeInstanceOf(ChannelFull);
      }
      for (const [name, number] of tried) {
        expect(accepted.get(name)).toBe(Math.min(number, capacityOf(name)));
      }
      const left = await drain(tight[0], accepted);
      const fulfilled = range(sent.length).filter((id) => outcomes[id].status === 'fulfilled');
      const ids = Array.from(left.values()).flatMap(idsOf) as number[];
      expect(ids.toSorted((a, b) => a - b)).toEqual(fulfilled);
    });
  });

  const change = fc.record({
    do: fc.constantFrom<Change[]>(
      'groupAdd',
      'groupAdd',
      'groupSend',
      'groupSend',
      'groupDiscard',
      'closeChannel',
    ),
    by: layerIndex,
    channel: fc.constantFrom(...CHANNELS),
  });

  it('P3: send to exactly the members that have room, to each once', async () => {
    await assertFor(fc.array(change, { maxLength: 24 }), async (changes, run) => {
      await own(grouped[0], run);
      const room = new Room(names(run));
      for (const [id, { do: what, by, channel: short }] of changes.entries()) {
        const channel = named(run, short);
        const layer = grouped[by];
        if (what === 'groupSend') await layer.groupSend(`room-${run}`, { id });
        else if (what === 'closeChannel') await layer.closeChannel(channel);
        else await layer[what](`room-${run}`, channel);
        room.note(what, id, channel);
      }
      for (const name of names(run)) room.check(name, await untilLast(grouped[0], name));
    });
  });
});

/** Is one group message to a reader: for whom it was, and who of them left before all was read. */
interface Sent {
  readonly id: number;
  readonly members: readonly string[];
  readonly left: Set<string>;
}

/** Is what a group has to do, in the simplest way that can be written down. */
class Room {
  readonly #members = new Set<string>();
  readonly #sent: ReadonlyMap<string, Sent[]>;

  constructor(readers: readonly string[]) {
    this.#sent = new Map(readers.map((name) => [name, []]));
  }

  note(what: Change, id: number, channel: string): void {
    if (what === 'groupAdd') this.#members.add(channel);
    else if (what === 'groupSend') this.#send(id);
    else this.#leave(channel);
  }

  /** Who leaves before a message is read may miss it; a list has it already. */
  check(name: string, came: readonly Received[]): void {
    const sent = this.#sent.get(name)!;
    const byId = new Map(came.map(({ content, channels }) => [content['id'], channels]));
    const known = sent.filter(({ id }) => byId.has(id));
    expect(came.map(({ content }) => content['id'])).toEqual(known.map(({ id }) => id));
    for (const { id, members, left } of sent) {
      const channels = byId.get(id) ?? [];
      const isMissing = (member: string) => !channels.includes(member);
      const mayMiss = (member: string) => name.endsWith('!') && left.has(member);
      expect(members.filter((member) => isMissing(member) && !mayMiss(member))).toEqual([]);
      expect(channels.filter((channel) => !members.includes(channel))).toEqual([]);
    }
  }

  #send(id: number): void {
    for (const [name, sent] of this.#sent) {
      const members = [...this.#members].filter((member) => nonLocalName(member) === name);
      const hasRoom = name.endsWith('!') || sent.length < CAPACITY;
      if (members.length > 0 && hasRoom) sent.push({ id, members, left: new Set() });
    }
  }

  #leave(channel: string): void {
    this.#members.delete(channel);
    for (const { left } of this.#sent.get(nonLocalName(channel)) ?? []) left.add(channel);
  }
}

function capacityOf(name: string): number {
  return name.endsWith('!') ? MAILBOX_CAPACITY : CAPACITY;
}

function tally(counts: Map<string, number>, name: string, more: number): void {
  counts.set(name, (counts.get(name) ?? 0) + more);
}

/** What one sender sent to one channel comes in that order to each who receives. */
function expectOrder(messages: readonly Received[]): void {
  const latest = new Map<string, number>();
  for (const { content, channels } of messages) {
    const stream = `${String(content['by'])} ${channels[0]}`;
    const id = content['id'] as number;
    expect(id).toBeGreaterThan(latest.get(stream) ?? -1);
    latest.set(stream, id);
  }
}
