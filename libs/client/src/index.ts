// The bridge
export { WebSocketBridge } from './web-socket-bridge.js';
export type { BridgeOptions, WebSocketConstructor } from './bridge-options.js';
export type { BridgeStatus } from './bridge-status.js';
export type { BridgeStream, FeedOptions, SendOutcome } from './bridge-stream.js';
export type { BridgeContract, StreamContract, StreamName } from './contract.js';
export type { UrlSource } from './bridge-url.js';
export type { MessageHandler } from './subscriptions.js';
export type { Unsubscribe } from './listeners.js';
export type { MessageFeed } from './message-feed.js';
export type { ClientCodec } from './envelope.js';

// Coming back
export { afterClose, type AfterClose, CLOSE_CODES } from './close-codes.js';
export type { BackoffOptions } from './backoff.js';
export type { HeartbeatOptions } from './liveness.js';
export type { OfflinePolicy } from './send-queue.js';
export type { ClientClock, ClientTimer } from './clock.js';

// Errors
export {
  ChannelsClientError,
  type ClientErrorCode,
  ClientConfigInvalid,
  CloseInvalid,
  ConnectionEnded,
  Disconnected,
  FeedFull,
  FrameInvalid,
  HandlerFailed,
  MessageInvalid,
  MessageTooLarge,
  QueueFull,
  ServerError,
} from './errors.js';
