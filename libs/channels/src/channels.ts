import { Channel, type ChannelLayer, Group, SendScopes } from '@nest-channels/core';
import { Injectable } from '@nestjs/common';
import { Layers } from './layers.js';

/** Is where an application gets its channels and groups from; inject it anywhere. */
@Injectable()
export class Channels {
  constructor(
    private readonly layers: Layers,
    private readonly scopes: SendScopes,
  ) {}

  /**
   * Returns the channel of this name; it need not exist before and costs nothing until used.
   *
   * @param layer alias of the layer that carries it; that of `defaultLayer` if absent
   * @throws InvalidName `CHANNELS_NAME_INVALID`
   * @throws UnknownLayer `CHANNELS_LAYER_UNKNOWN`
   */
  channel<Name extends string>(name: Name, layer?: string): Channel<Name> {
    return new Channel(name, this.layer(layer), this.scopes);
  }

  /**
   * Returns the group of this name; it exists as long as it has members.
   *
   * @param layer alias of the layer that carries it; that of `defaultLayer` if absent
   * @throws InvalidName `CHANNELS_NAME_INVALID`
   * @throws UnknownLayer `CHANNELS_LAYER_UNKNOWN`
   */
  group<Name extends string>(name: Name, layer?: string): Group<Name> {
    return new Group(name, this.layer(layer), this.scopes);
  }

  /** @throws UnknownLayer `CHANNELS_LAYER_UNKNOWN` */
  layer(alias = this.layers.defaultAlias): ChannelLayer {
    return this.layers.get(alias);
  }
}
