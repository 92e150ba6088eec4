import assert from 'node:assert/strict';
import type { ChannelLayer, LayerExtension, Received } from '@nest-channels/core';
import type { ConformanceOptions } from './conformance-options.js';
import { assertIds } from './expectations.js';
import type { LayerLimits } from './layer-limits.js';
import { Listener } from './listener.js';
import { turns } from './turns.js';
import { within } from './within.js';

/** Are the limits of a layer in a test that asks for no others. */
const USUAL_LIMITS: LayerLimits = {
  capacity: 1_000,
  mailboxCapacity: 10_000,
  channelCapacity: [],
  expiryMs: 60_000,
  groupExpiryMs: 86_400_000,
  maxGroupsPerChannel: 128,
};

/** Is how long the clock moves while a test makes sure that nothing comes. */
const QUIET_MS = 50;

/** Is how long a test waits for what has to come, in real time, unless told otherwise. */
const PATIENCE_MS = 5_000;

/**
 * Is what one test works with: a layer of its own, fresh names, and ways to send and take.
 *
 * It sends by `sender` and takes by `layer`: two handles on one back end if the suite was told how
 * to get a second one, so that every message crosses them.
 */
export class Trial {
  layer: ChannelLayer;
  sender: ChannelLayer;
  readonly #opened: ChannelLayer[] = [];
  readonly #listeners: Listener[] = [];

  constructor(
    private readonly options: ConformanceOptions,
    /** Starts all names of this test and of no other. */
    readonly prefix: string,
  ) {}

  /** Makes the layer, and the second handle if there is a way to. */
  async open(limits: Partial<LayerLimits> = {}): Promise<void> {
    this.layer = await this.create(limits);
    this.sender = this.layer;
    if (this.options.connect) {
      this.sender = await this.options.connect(this.layer);
      this.#opened.push(this.sender);
    }
  }

  /** Makes a further layer, which has nothing to do with the first. */
  async create(limits: Partial<LayerLimits> = {}): Promise<ChannelLayer> {
    const layer = await this.options.create({ ...USUAL_LIMITS, ...limits });
    this.#opened.push(layer);
    return layer;
  }

  /** Ends what is left of the test. */
  async close(): Promise<void> {
    for (const listener of this.#listeners) listener.abort();
    // A second handle goes before the one it was made from.
    for (const layer of this.#opened.toReversed()) await layer.close();
  }

  /** Are the abilities the suite was told of. */
  get declared(): ReadonlySet<LayerExtension> {
    return new Set(this.options.extensions);
  }

  get hasSecondHandle(): boolean {
    return this.options.connect !== undefined;
  }

  /** Returns a name that no other test uses; the same word gives the same name. */
  name(word: string): string {
    return `${this.prefix}.${word}`;
  }

  /** Returns several such names. */
  names<const Words extends readonly string[]>(...words: Words): { [I in keyof Words]: string } {
    return words.map((word) => this.name(word)) as { [I in keyof Words]: string };
  }

  /** Sends messages one after another, each with one of these ids. */
  async send(channel: string, ...ids: readonly unknown[]): Promise<void> {
    for (const id of ids) await this.sender.send(channel, { id });
  }

  /** Takes this many messages, waiting for them. */
  take(channels: string | readonly string[], count = 1): Promise<Received[]> {
    const names = typeof channels === 'string' ? [channels] : channels;
    const expectation = `${count} messages come from ${names.join(', ')}`;
    return within(this.#patienceMs, expectation, async (signal) => {
      const taken: Received[] = [];
      while (taken.length < count && !signal.aborted) {
        taken.push(...(await this.#receive(names, signal, count - taken.length)));
      }
      return taken;
    });
  }

  /** Asserts that exactly these messages come, in this order, and nothing after them. */
  async assertTakes(channels: string | readonly string[], ids: readonly unknown[]): Promise<void> {
    assertIds(await this.take(channels, ids.length), ids);
    await this.assertEmpty(channels);
  }

  /** Asserts that nothing comes from these channels. */
  async assertEmpty(channels: string | readonly string[]): Promise<void> {
    const listener = this.listen(channels);
    await this.advance(QUIET_MS);
    listener.abort();
    assertIds(await listener.done(), []);
  }

  /** Asserts that nothing comes while something is waited for that needs a reader. */
  async assertEmptyUntil(
    channel: string,
    expectation: string,
    holds: () => boolean,
  ): Promise<void> {
    const listener = this.listen(channel);
    await this.until(expectation, holds);
    listener.abort();
    assertIds(await listener.done(), []);
  }

  /** Starts a receive and does not wait for it. */
  listen(channels: string | readonly string[], max?: number): Listener {
    const names = typeof channels === 'string' ? [channels] : channels;
    const listener = new Listener(this.layer, names, this.#patienceMs, max);
    this.#listeners.push(listener);
    return listener;
  }

  /** Moves the clock and lets what became due happen. */
  async advance(ms: number): Promise<void> {
    await this.options.clock.advance(ms);
    await turns();
  }

  /** Moves the clock a little, which is enough for what is under way. */
  settle(): Promise<void> {
    return this.advance(QUIET_MS);
  }

  /** Waits until this holds. */
  until(expectation: string, holds: () => boolean): Promise<void> {
    return within(this.#patienceMs, expectation, async (signal) => {
      while (!holds() && !signal.aborted) await turns();
    });
  }

  async #receive(channels: string[] | readonly string[], signal: AbortSignal, max: number) {
    const messages = await this.layer.receive(channels, { signal, max });
    assert.ok(
      messages.length > 0 || signal.aborted,
      'a receive that nobody ended brings a message',
    );
    assert.ok(messages.length <= max, `a receive of at most ${max} brings ${messages.length}`);
    return messages;
  }

  get #patienceMs(): number {
    return this.options.patienceMs ?? PATIENCE_MS;
  }
}
