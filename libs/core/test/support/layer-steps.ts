import { expect } from '@jest/globals';
import { ChannelFull, type ChannelLayer, ManualClock, memoryLayer } from '@nest-channels/core';
import type { Received, Subscription } from '@nest-channels/core';
import * as fc from 'fast-check';
import { LayerModel, type ModelLimits, type ModelReader } from './layer-model.js';

export const TARGETS = ['a', 'b', 'body?x', 'server!x', 'server!y', 'other!z'] as const;
export const READABLE = ['a', 'b', 'body?x', 'server!', 'other!'] as const;
export const GROUPS = ['one', 'two'] as const;

/** Is one thing that somebody does with a layer; readers are counted as they came. */
export type Step =
  | { readonly do: 'send'; readonly to: string }
  | { readonly do: 'groupSend'; readonly group: string }
  | { readonly do: 'receive'; readonly from: readonly string[]; readonly max: number }
  | { readonly do: 'subscribe'; readonly from: readonly string[] }
  | { readonly do: 'abort' | 'pause' | 'resume' | 'close'; readonly reader: number }
  | { readonly do: 'groupAdd' | 'groupDiscard'; readonly group: string; readonly channel: string }
  | { readonly do: 'closeChannel'; readonly channel: string }
  | { readonly do: 'newChannel' | 'flush' | 'statistics' }
  | { readonly do: 'advance'; readonly ms: number };

const target = fc.constantFrom(...TARGETS);
const groupName = fc.constantFrom(...GROUPS);
const readables = fc.shuffledSubarray([...READABLE], { minLength: 1, maxLength: 3 });
const readerIndex = fc.nat(7);

const STEPS = {
  send: target.map((name): Step => ({ do: 'send', to: name })),
  groupSend: groupName.map((name): Step => ({ do: 'groupSend', group: name })),
  receive: fc
    .tuple(readables, fc.integer({ min: 1, max: 4 }))
    .map(([names, max]): Step => ({ do: 'receive', from: names, max })),
  subscribe: readables.map((names): Step => ({ do: 'subscribe', from: names })),
  abort: readerIndex.map((index): Step => ({ do: 'abort', reader: index })),
  pause: readerIndex.map((index): Step => ({ do: 'pause', reader: index })),
  resume: readerIndex.map((index): Step => ({ do: 'resume', reader: index })),
  close: readerIndex.map((index): Step => ({ do: 'close', reader: index })),
  groupAdd: fc
    .tuple(groupName, target)
    .map(([name, channel]): Step => ({ do: 'groupAdd', group: name, channel })),
  groupDiscard: fc
    .tuple(groupName, target)
    .map(([name, channel]): Step => ({ do: 'groupDiscard', group: name, channel })),
  closeChannel: target.map((channel): Step => ({ do: 'closeChannel', channel })),
  newChannel: fc.constant<Step>({ do: 'newChannel' }),
  flush: fc.constant<Step>({ do: 'flush' }),
  statistics: fc.constant<Step>({ do: 'statistics' }),
  advance: fc.nat(70).map((ms): Step => ({ do: 'advance', ms })),
} satisfies Record<Step['do'], fc.Arbitrary<Step>>;

export type StepWeights = Partial<Record<Step['do'], number>>;

/** Makes histories of up to 100 steps, of kinds that are weighted. */
export function histories(weights: StepWeights): fc.Arbitrary<Iterable<StepCommand>> {
  const kinds = Object.entries(weights) as [Step['do'], number][];
  const step = fc.oneof(...kinds.map(([name, weight]) => ({ weight, arbitrary: STEPS[name] })));
  return fc.commands([step.map((taken) => new StepCommand(taken))], {
    maxCommands: 100,
    size: 'max',
  }) as unknown as fc.Arbitrary<Iterable<StepCommand>>;
}

/** Is a layer beside its model, with everybody who reads from it. */
export class Bench {
  readonly clock = new ManualClock();
  readonly layer: ChannelLayer;
  readonly readers: BenchReader[] = [];
  lastId = 0;

  constructor(limits: ModelLimits) {
    this.layer = memoryLayer({ clock: this.clock, ...limits });
  }
}

/** Is a reader of the layer, with what it really got. */
interface BenchReader {
  readonly model: ModelReader;
  readonly got: Received[];
  readonly controller: AbortController;
  subscription?: Subscription;
}

/** Does one step with the layer and its model and compares them. */
export class StepCommand implements fc.AsyncCommand<LayerModel, Bench> {
  constructor(readonly step: Step) {}

  check(): boolean {
    return true;
  }

  async run(model: LayerModel, bench: Bench): Promise<void> {
    await take(this.step, model, bench);
    compare(model, bench);
  }

  toString(): string {
    return JSON.stringify(this.step);
  }
}

/** Runs a history from the start, and at the end takes all that is left. */
export async function runHistory(
  steps: Iterable<StepCommand>,
  limits: ModelLimits,
): Promise<{ readonly model: LayerModel; readonly bench: Bench }> {
  const model = new LayerModel(limits);
  const bench = new Bench(limits);
  await fc.asyncModelRun(() => ({ model, real: bench }), steps);
  await compareChannels(model, bench);
  for (const index of bench.readers.keys()) await endReader(index, model, bench);
  await take({ do: 'receive', from: READABLE, max: 1_000 }, model, bench);
  compare(model, bench);
  assertSame(model.pending, 0);
  await endReader(bench.readers.length - 1, model, bench);
  return { model, bench };
}

async function endReader(index: number, model: LayerModel, bench: Bench): Promise<void> {
  const { subscription } = bench.readers[index];
  await take({ do: subscription ? 'close' : 'abort', reader: index }, model, bench);
}

async function take(step: Step, model: LayerModel, bench: Bench): Promise<void> {
  const { layer } = bench;
  switch (step.do) {
    case 'send':
      return takeSend(step.to, model, bench);
    case 'groupSend':
      return takeGroupSend(step.group, model, bench);
    case 'receive':
      return takeReceive(step.from, step.max, model, bench);
    case 'subscribe': {
      const reader = newReader(model.subscribe(step.from), bench);
      reader.subscription = layer.subscribe(step.from, (message) => reader.got.push(message));
      return;
    }
    case 'abort':
    case 'pause':
    case 'resume':
    case 'close':
      return takeOfReader(step.do, step.reader, model, bench);
    case 'groupAdd':
      model.groupAdd(step.group, step.channel);
      return layer.groupAdd(step.group, step.channel);
    case 'groupDiscard':
      model.groupDiscard(step.group, step.channel);
      return layer.groupDiscard(step.group, step.channel);
    case 'closeChannel':
      model.discardEverywhere(step.channel);
      return layer.closeChannel(step.channel);
    case 'newChannel': {
      const name = await layer.newChannel('body?');
      assertSame(layer.channelStatistics(name).messagesCount, 0);
      return;
    }
    case 'flush':
      model.flush();
      return layer.flush();
    case 'advance':
      model.advance(step.ms);
      bench.clock.advance(step.ms);
      return;
    case 'statistics':
      return compareChannels(model, bench);
  }
}

async function takeSend(to: string, model: LayerModel, bench: Bench): Promise<void> {
  const id = bench.lastId++;
  const isAccepted = model.send(id, [to]);
  const outcome = await bench.layer.send(to, { id }).catch((error: unknown) => error);
  const isAsExpected = isAccepted ? outcome === undefined : outcome instanceof ChannelFull;
  if (!isAsExpected) expect(outcome).toBe(isAccepted ? 'accepted' : 'refused as full');
}

async function takeGroupSend(group: string, model: LayerModel, bench: Bench): Promise<void> {
  const id = bench.lastId++;
  // They are served in the order they are listed.
  const listed = await bench.layer.groupChannels(group);
  assertSame(listed.toSorted(), model.members(group).toSorted());
  model.groupSend(id, group, listed);
  await bench.layer.groupSend(group, { id });
}

async function takeReceive(
  from: readonly string[],
  max: number,
  model: LayerModel,
  bench: Bench,
): Promise<void> {
  const reader = newReader(model.receive(from, max), bench);
  const received = bench.layer.receive(from, { signal: reader.controller.signal, max });
  const done = received.then((messages) => reader.got.push(...messages));
  if (reader.model.isOver) await done;
  else void done;
}

function newReader(model: ModelReader, bench: Bench): BenchReader {
  const reader: BenchReader = { model, got: [], controller: new AbortController() };
  bench.readers.push(reader);
  return reader;
}

async function takeOfReader(
  what: 'abort' | 'pause' | 'resume' | 'close',
  index: number,
  model: LayerModel,
  { readers }: Bench,
): Promise<void> {
  const reader = readers[index];
  if (!reader || (what === 'abort') === (reader.subscription !== undefined)) return;
  if (what === 'abort') reader.controller.abort();
  else reader.subscription![what]();
  if (what === 'abort' || what === 'close') model.end(reader.model);
  else model[what](reader.model);
  await turn();
}

/** Lets the promises of one step settle. */
async function turn(): Promise<void> {
  for (let count = 0; count < 4; count++) await Promise.resolve();
}

function compare(model: LayerModel, { layer, readers }: Bench): void {
  const real = layer.statistics();
  const { accepted, received, full, expired, closed } = model.counts;
  const isEqual =
    real.messagesCount === accepted &&
    real.messagesReceived === received &&
    real.messagesPending === model.pending &&
    real.dropped.full === full &&
    real.dropped.expired === expired &&
    real.dropped.closed === closed &&
    accepted === received + model.pending + expired + closed;
  if (!isEqual) expect(real).toEqual({ ...model.counts, pending: model.pending });
  for (const reader of readers) compareReader(reader);
}

async function compareChannels(model: LayerModel, { layer }: Bench): Promise<void> {
  for (const [name, { length }] of model.channels) {
    assertSame([name, layer.channelStatistics(name).messagesPending], [name, length]);
  }
  for (const group of GROUPS) {
    assertSame((await layer.groupChannels(group)).toSorted(), model.members(group).toSorted());
  }
}

/** Compares by hand and asserts only a difference: this runs a million times. */
function compareReader({ got, model }: BenchReader): void {
  const isEqual =
    got.length === model.got.length &&
    got.every(({ content, channels }, index) => {
      const expected = model.got[index];
      return content['id'] === expected.id && sameNames(channels, expected.channels);
    });
  if (!isEqual) {
    expect(got.map(({ content, channels }) => ({ id: content['id'], channels }))).toEqual(
      model.got,
    );
  }
}

/** Asserts only a difference: an `expect` costs more than a step. */
function assertSame(real: unknown, expected: unknown): void {
  if (String(real) !== String(expected)) expect(real).toEqual(expected);
}

function sameNames(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && others.every((name) => some.includes(name));
}
