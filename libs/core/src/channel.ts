import type { SendableTo } from './channel-contents.js';
import type { ChannelLayer } from './channel-layer.js';
import { outgoing } from './outgoing.js';
import { assertChannelName } from './names.js';
import type { SendOptions, SendScopes } from './send-scope.js';

/** Is what carries the messages of a channel: a layer, or what stands for one. */
export type Carrier = Pick<ChannelLayer, 'send' | 'maxMessageBytes'>;

/** Is a named queue that messages can be sent to; reading it is the worker's business. */
export class Channel<Name extends string = string> {
  /** @throws InvalidName `CHANNELS_NAME_INVALID` */
  constructor(
    readonly name: Name,
    private readonly layer: Carrier,
    private readonly scopes: SendScopes,
  ) {
    assertChannelName(name);
  }

  /**
   * Sends a message: inside a handler when that ends, elsewhere at once.
   *
   * The content is copied now. Delivery is at most once; a message that nobody reads expires after
   * the layer's `expiryMs`.
   *
   * @param options `immediately` sends at once inside a handler too, ahead of what is buffered
   * @throws InvalidContent `CHANNELS_CONTENT_INVALID`, thrown here and not through the promise
   * @throws MessageTooLarge `CHANNELS_MESSAGE_TOO_LARGE`, thrown here too
   * @returns a promise that rejects with `ChannelFull` or `LayerUnavailable` when the message was
   *   sent at once and not accepted; that of a buffered send never rejects, its failure is logged
   */
  send(content: SendableTo<Name>, options?: SendOptions): Promise<void> {
    const message = outgoing(content, this.layer);
    return this.scopes.send(
      { target: `channel "${this.name}"`, attempt: () => this.layer.send(this.name, message) },
      options,
    );
  }

  /** Returns a channel of the same name, what is sent to which is given to a function instead. */
  intercepted(send: (content: object, options?: SendOptions) => Promise<void>): Channel<Name> {
    return Object.assign(new Channel(this.name, this.layer, this.scopes), { send });
  }

  toString(): string {
    return this.name;
  }
}
