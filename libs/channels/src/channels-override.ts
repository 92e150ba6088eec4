import type { ChannelsModuleOptions } from './channels-options.js';

/**
 * Changes the options of an application's channels, when a global module provides one.
 *
 * It is there for test kits: an application that is tested as it is gets layers and a clock of its
 * test's, whatever its own module says.
 */
export abstract class ChannelsOverride {
  /** Returns the options to take instead of the application's own. */
  abstract apply(options: ChannelsModuleOptions): ChannelsModuleOptions;
}
