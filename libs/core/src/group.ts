import type { SendableTo } from './channel-contents.js';
import type { ChannelLayer } from './channel-layer.js';
import { Channel } from './channel.js';
import { assertChannelName, assertGroupName } from './names.js';
import { outgoing } from './outgoing.js';
import type { SendOptions, SendScopes } from './send-scope.js';

/** Is a named set of channels that one send reaches. */
export class Group<Name extends string = string> {
  /** @throws InvalidName `CHANNELS_NAME_INVALID` */
  constructor(
    readonly name: Name,
    private readonly layer: ChannelLayer,
    private readonly scopes: SendScopes,
  ) {
    assertGroupName(name);
  }

  /**
   * Adds a channel, at once and never buffered.
   *
   * A connection's reply channel leaves all its groups when the connection closes.
   *
   * @throws InvalidName `CHANNELS_NAME_INVALID`
   * @throws TooManyGroups `CHANNELS_GROUPS_EXCEEDED` for a connection in 128 groups, or as many as
   *   the layer's `maxGroupsPerChannel` says
   */
  async add(channel: Channel | string): Promise<void> {
    await this.layer.groupAdd(this.name, channelName(channel));
  }

  /** Takes a channel out, at once and never buffered; absent ones are no error. */
  async discard(channel: Channel | string): Promise<void> {
    await this.layer.groupDiscard(this.name, channelName(channel));
  }

  /**
   * Sends to each channel that is a member when the send is carried out.
   *
   * Buffering, copying and expiry are those of {@link Channel.send}. Full members lose their copy,
   * which the layer counts; order is kept between sends of one handler, not between processes.
   *
   * @throws InvalidContent `CHANNELS_CONTENT_INVALID`, thrown here and not through the promise
   * @throws MessageTooLarge `CHANNELS_MESSAGE_TOO_LARGE`, thrown here too
   */
  send(content: SendableTo<Name>, options?: SendOptions): Promise<void> {
    const message = outgoing(content, this.layer);
    return this.scopes.send(
      { target: `group "${this.name}"`, attempt: () => this.layer.groupSend(this.name, message) },
      options,
    );
  }

  /** Lists the names of the members. */
  channels(): Promise<string[]> {
    return this.layer.groupChannels(this.name);
  }

  toString(): string {
    return this.name;
  }
}

function channelName(channel: Channel | string): string {
  const name = channel instanceof Channel ? channel.name : channel;
  assertChannelName(name);
  return name;
}
