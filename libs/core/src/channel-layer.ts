import type { Content } from './content.js';
import type { LayerEvents } from './layer-events.js';
import type { ChannelStatistics, LayerStatistics } from './layer-statistics.js';

/** Is one message taken from a channel. */
export interface Received {
  /**
   * Full names of the channels it was sent to. One, except for a group message read from a
   * process-specific mailbox: it comes once for all its members there and takes one place.
   */
  readonly channels: readonly string[];
  /** Belongs to whoever received it: no other delivery shares it. */
  readonly content: Content;
}

/** Are the options of one receive. */
export interface ReceiveOptions {
  /** Ends the wait. A message is then either returned or still in its channel, never lost. */
  readonly signal: AbortSignal;
  /** Is the most messages returned at once; 1 if absent. */
  readonly max?: number;
}

/** Is an ability a layer may offer beyond the required ones. */
export type LayerExtension = 'groups' | 'flush' | 'statistics' | 'push';

/** Is a standing receive: its listener gets messages until it is closed. */
export interface Subscription {
  /** Leaves messages in their channels until {@link resume}. */
  pause(): void;
  resume(): void;
  /** Ends it; what was not handed over stays in its channel. */
  close(): void;
}

/**
 * Is the back end that carries messages between processes.
 *
 * The facades {@link Channel} and {@link Group} check names and content once and hand over a copy:
 * a layer gets clean input, owns the content it is given and only moves it.
 *
 * Promises: a message is received at most once, by one receiver, in the order one sender sent to
 * one channel, and never after its expiry. Losses (full, expired, a dead process) are counted.
 */
export interface ChannelLayer {
  /** Is a short name for logs, such as "memory". */
  readonly name: string;

  /** Says how far messages travel: only a `network` or `machine` layer can split processes. */
  readonly reach: 'process' | 'machine' | 'network';

  /** Declares the optional abilities; asked once, at start. */
  readonly extensions: ReadonlySet<LayerExtension>;

  /** Is how long a message may be when encoded; at least 1,048,576. The facades check it. */
  readonly maxMessageBytes: number;

  /** Tells of losses and of moments after which state may be missing. */
  readonly events: LayerEvents;

  /**
   * Resolves when the layer can carry messages; absent where it always can.
   *
   * A process that is to serve or to work waits for it and does not start if it rejects: at once where
   * no other try could mend it, such as a wrong password, and else after some seconds of trying.
   *
   * @throws LayerUnavailable `CHANNELS_LAYER_UNAVAILABLE`, or an error of the layer's own
   */
  ready?(): Promise<void>;

  /**
   * Puts a message at the end of a channel, without ever waiting for room.
   *
   * What was sent to the channel after a message that is refused, and before its sender could know,
   * is refused too: nobody has to wait for one send before the next to keep an order.
   *
   * @throws ChannelFull `CHANNELS_CHANNEL_FULL`, the message is then never delivered
   * @throws LayerUnavailable `CHANNELS_LAYER_UNAVAILABLE`
   */
  send(channel: string, content: Content): Promise<void>;

  /**
   * Takes up to `max` messages from these channels, waiting for the first.
   *
   * A process-specific name is given up to its `!`. Waiting receivers are served in the order they
   * came, busy channels do not starve quiet ones. Resolves to an empty array when the signal
   * aborts or the layer closes first. A message whose time is over is never returned.
   *
   * @throws InvalidName `CHANNELS_NAME_INVALID` for a name that cannot be received from
   * @throws LayerUnavailable `CHANNELS_LAYER_UNAVAILABLE`
   */
  receive(channels: readonly string[], options: ReceiveOptions): Promise<Received[]>;

  /**
   * Hands messages of these channels to a listener as they come, as `receive` in a loop would.
   *
   * Extension `push`. It stands in the same line as waiting receivers. The listener is first
   * called after this returned, later in a sender's turn of the event loop; it must not throw.
   *
   * @throws InvalidName `CHANNELS_NAME_INVALID` for a name that cannot be received from
   * @throws LayerUnavailable `CHANNELS_LAYER_UNAVAILABLE`
   */
  subscribe(channels: readonly string[], listener: (message: Received) => void): Subscription;

  /**
   * Completes a single-reader pattern (`body?`) to a channel name that nobody uses.
   *
   * @throws InvalidName `CHANNELS_NAME_INVALID`
   */
  newChannel(pattern: string): Promise<string>;

  /**
   * Forgets a channel whose owner is gone: it leaves all its groups at once.
   *
   * Called by the process that owns the channel, for instance when a connection closes.
   */
  closeChannel(channel: string): Promise<void>;

  /**
   * Adds a channel to a group, until it is discarded or closed, `groupExpiryMs` have passed since
   * it was last added, or a message expires on it unread.
   *
   * Extension `groups`, as all `group…` methods.
   *
   * @throws TooManyGroups `CHANNELS_GROUPS_EXCEEDED` for a process-specific channel that is in
   *   `maxGroupsPerChannel` others; adding it again to one of them is no further one
   */
  groupAdd(group: string, channel: string): Promise<void>;

  /** Takes a channel out of a group; absent members are no error. */
  groupDiscard(group: string, channel: string): Promise<void>;

  /**
   * Sends to each channel that is a member now; each reader gets a copy of its own.
   *
   * A full member loses its copy, which is counted and not an error. Resolves when every copy is
   * on its way; sends to one group keep their order.
   */
  groupSend(group: string, content: Content): Promise<void>;

  /** Lists the members of a group. */
  groupChannels(group: string): Promise<string[]>;

  /** Removes all messages and memberships, as if nothing had ever been sent. Extension `flush`. */
  flush(): Promise<void>;

  /** Counts the traffic of the layer. Extension `statistics`. */
  statistics(): LayerStatistics;

  /** Counts the traffic of one channel, by its non-local name; zeros for one that is not in use. */
  channelStatistics(channel: string): ChannelStatistics;

  /** Ends every waiting `receive` empty; later calls throw {@link LayerUnavailable}. */
  close(): Promise<void>;
}
