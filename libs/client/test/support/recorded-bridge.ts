import { WebSocket } from 'ws';
import type { BridgeOptions } from '../../src/bridge-options.js';
import type { BridgeStatus } from '../../src/bridge-status.js';
import type { ChannelsClientError } from '../../src/errors.js';
import { WebSocketBridge } from '../../src/web-socket-bridge.js';
import { SleepyClock } from './sleepy-clock.js';

/** Is a bridge whose clock stands still, with all that it told. */
export class RecordedBridge extends WebSocketBridge {
  readonly errors: ChannelsClientError[] = [];
  readonly statuses: BridgeStatus[] = [];
  readonly deliveries: [unknown, string | null][] = [];

  constructor(
    options: BridgeOptions = {},
    readonly clock = new SleepyClock(),
  ) {
    super({ WebSocket, clock, random: () => 0.5, ...options });
    this.onError((error) => this.errors.push(error));
    this.onChange((status) => this.statuses.push(status));
    this.listen((message, stream) => this.deliveries.push([message, stream]));
  }

  /** Resolves at once, or when the bridge gets into a state. */
  async reached<S extends BridgeStatus['state']>(
    state: S,
  ): Promise<Extract<BridgeStatus, { state: S }>> {
    while (this.status.state !== state) await this.changed();
    return this.status as Extract<BridgeStatus, { state: S }>;
  }

  /** Lets the delay before the next attempt pass. */
  async passDelay(): Promise<number> {
    const { delayMs } = await this.reached('waiting');
    this.clock.advance(delayMs);
    return delayMs;
  }

  changed(): Promise<BridgeStatus> {
    return new Promise((resolve) => {
      const remove = this.onChange((status) => {
        remove();
        resolve(status);
      });
    });
  }
}
