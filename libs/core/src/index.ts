// Names and content
export {
  assertChannelName,
  assertGroupName,
  assertReceivableName,
  assertSingleReaderPattern,
  localName,
  NAME_LENGTH_LIMIT,
  nonLocalName,
} from './names.js';
export { CONTENT_DEPTH_LIMIT, type Content, snapshot } from './content.js';
export { Codec } from './codec.js';
export { decodeJson } from './json.js';
export { JSON_LIMITS } from './json-scan.js';
export type {
  Address,
  ChannelContents,
  ContentOf,
  Header,
  SendableTo,
  WebSocketConnect,
  WebSocketDisconnect,
  WebSocketReceive,
  WebSocketReply,
} from './channel-contents.js';

// Channels, groups and messages
export { type Carrier, Channel } from './channel.js';
export { Group } from './group.js';
export { groupName } from './group-name.js';
export { type Captures, Message, type MessageParts } from './message.js';
export { assertClose } from './close-code.js';
export { encodeJson, isRefusalStatus } from './reply.js';
export {
  FLUSH_RETRY,
  type PendingSend,
  type SendFailure,
  type SendOptions,
  type SendScope,
  SendScopes,
} from './send-scope.js';

// The layer contract
export type {
  ChannelLayer,
  LayerExtension,
  Received,
  ReceiveOptions,
  Subscription,
} from './channel-layer.js';
export type { DropReason, LayerEventMap, LayerEvents } from './layer-events.js';
export type { ChannelStatistics, LayerStatistics } from './layer-statistics.js';
export { type CapacityOptions, CapacityRules, type ChannelCapacity } from './capacity.js';
export { RateMeter } from './rate-meter.js';
export { Ring } from './ring.js';

// The layer in memory, and layers made worse
export { memoryLayer, type MemoryLayerOptions, MIN_MAX_MESSAGE_BYTES } from './memory-layer.js';
export { resilienceLayer, type ResilienceOptions } from './resilience.js';
export { seededRandom } from './seeded-random.js';

// Routing
export { type Filters, type Include, include, type Routable, type Route, route } from './route.js';
export { flatten, type RouteMatch, RoutePath, Router } from './router.js';

// Time
export { type Clock, delay, systemClock, type Timer, type TimerOptions } from './clock.js';
export { ManualClock } from './manual-clock.js';

// Errors
export {
  ChannelFull,
  ChannelsError,
  type CoreErrorCode,
  InvalidClose,
  InvalidContent,
  InvalidName,
  InvalidPattern,
  LayerUnavailable,
  MalformedJson,
  MalformedMessage,
  MessageTooLarge,
  reasonOf,
  ReplyMissing,
  TooManyGroups,
  type Executed,
} from './errors.js';
