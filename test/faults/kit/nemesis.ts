import type { Victim } from './victim.js';

/** Is what a nemesis does to a process. */
export type Blow = 'kill' | 'terminate' | 'freeze';

/** Is what a nemesis did. */
export interface Strike {
  readonly blow: Blow;
  readonly victim: string;
}

/** Strikes processes in an order that its seed decides, and heals what it has done. */
export class Nemesis {
  /** Are the strikes so far. */
  readonly strikes: Strike[] = [];

  /** @param random returns numbers from 0 up to 1 */
  constructor(
    private readonly victims: readonly Victim[],
    private readonly blows: readonly Blow[],
    private readonly random: () => number,
  ) {}

  /** Strikes one of the processes that are up; resolves when it has felt it. */
  async strike(): Promise<Strike | undefined> {
    const victim = this.#pick(this.victims.filter(({ state }) => state === 'up'));
    const blow = this.#pick(this.blows);
    if (!victim || !blow) return undefined;
    const strike = { blow, victim: victim.name };
    this.strikes.push(strike);
    if (blow === 'freeze') victim.freeze();
    else await victim[blow]();
    return strike;
  }

  /** Starts what is down and thaws what is frozen. */
  async heal(): Promise<void> {
    for (const victim of this.victims) victim.thaw();
    const down = this.victims.filter(({ state }) => state === 'down');
    await Promise.all(down.map((victim) => victim.start()));
  }

  #pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.random() * from.length)];
  }
}
