import { ChannelFull, type ChannelLayer, delay, reasonOf, systemClock } from '@nest-channels/core';
import type { History, Outcome } from '../kit/history.js';
import { now } from '../kit/history.js';

/** Is how often a sender sends. */
const PAUSE_MS = 5;

/** Is somewhere to send to. */
export interface Target {
  readonly name: string;
  readonly isGroup: boolean;
  /** Are the channels that a message to it is for. */
  readonly receivers: readonly string[];
}

/** Are the sends of one layer: one after another, to targets in turn, all of them in the history. */
export class Traffic {
  /** Is how long the longest call took. */
  longestMs = 0;
  /** Is how late its own timer came at most: a busy machine holds up calls as much. */
  stallMs = 0;
  /** Is how long at most nothing was accepted for a target. */
  longestGapMs = 0;
  /** Are the ways in which sends failed, other than for lack of room. */
  readonly failures = new Map<string, number>();
  #count = 0;
  #fullCount = 0;
  #state: 'running' | 'ended' = 'running';
  #pending: Promise<unknown>[] = [];
  readonly #acceptedAt = new Map<string, number>();

  constructor(
    private readonly sender: string,
    private readonly layer: ChannelLayer,
    private readonly targets: readonly Target[],
    private readonly history: History,
  ) {}

  /** Counts the sends that were refused for lack of room. */
  get fullCount(): number {
    return this.#fullCount;
  }

  /** Sends until it is ended; resolves when all sends have settled. */
  async run(): Promise<void> {
    while (this.#state === 'running') {
      for (const target of this.targets) this.#pending.push(this.send(target));
      const start = performance.now();
      await delay(systemClock, PAUSE_MS);
      this.stallMs = Math.max(this.stallMs, performance.now() - start - PAUSE_MS);
    }
    await Promise.all(this.#pending);
  }

  end(): void {
    this.#state = 'ended';
  }

  /** Sends one message and takes note of what is known of it. */
  async send({ name, isGroup, receivers }: Target): Promise<Outcome> {
    const id = `${this.sender}-${++this.#count}`;
    const sentAt = now();
    const start = performance.now();
    // It has its place in the order from its beginning.
    const settle = this.history.open({ id, sender: this.sender, receivers }, sentAt);
    const sending = isGroup ? this.layer.groupSend(name, { id }) : this.layer.send(name, { id });
    const outcome = await sending.then(
      () => 'sent' as const,
      (error: unknown) => this.#failed(error),
    );
    this.longestMs = Math.max(this.longestMs, performance.now() - start);
    settle(outcome);
    if (outcome === 'sent') this.#accepted(name);
    return outcome;
  }

  #accepted(target: string): void {
    const at = performance.now();
    const gapMs = at - (this.#acceptedAt.get(target) ?? at);
    this.longestGapMs = Math.max(this.longestGapMs, gapMs);
    this.#acceptedAt.set(target, at);
  }

  #failed(error: unknown): Outcome {
    if (error instanceof ChannelFull) {
      this.#fullCount++;
      return 'refused';
    }
    const executed = (error as { executed?: string }).executed ?? 'unknown';
    const kind = `${(error as Error).name} ${executed}: ${reasonOf(error)}`;
    this.failures.set(kind, (this.failures.get(kind) ?? 0) + 1);
    return executed === 'no' ? 'refused' : 'unknown';
  }
}
