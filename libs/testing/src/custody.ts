import type { SessionLoginOptions } from './session-login.js';
import type { World, WorldOptions } from './world.js';

/** Is what a test decides about an application, whoever puts its modules together. */
export interface ChannelsTestingOptions extends WorldOptions {
  /**
   * Says who consumes messages: the application's worker as they come, or the test, one by one.
   *
   * `running` if absent. Clients that consume want `by hand`.
   */
  readonly worker?: 'running' | 'by hand';
  /** Is where the application keeps sessions, for `forceLogin()`. */
  readonly sessions?: SessionLoginOptions;
}

/** Is in whose hands an application is: what its test decided, and the world it lives in. */
export class Custody {
  constructor(
    readonly world: World,
    readonly options: ChannelsTestingOptions = {},
  ) {}
}
