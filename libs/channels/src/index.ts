// Module and facade
export { ChannelsModule } from './channels.module.js';
export { Channels } from './channels.js';
export type { ChannelsModuleOptions, LayerOption } from './channels-options.js';
export type { ClientScriptOptions } from './client-script/client-script-options.js';
export { ChannelsOverride } from './channels-override.js';
export type { ServerOptions } from './server-options.js';
export type { WorkerOptions } from './worker-options.js';
export { type Coalesce, coalesce, type FrameKey, type OutboundPolicy } from './outbound-policy.js';

// Consumers
export { Consumer, Consumers, type ConsumersOptions, type Life } from './consumer.decorator.js';
export { Parallel } from './parallel.decorator.js';
export { Content, Json, Msg, PathParam, QueryParam } from './parameter.decorators.js';
export type { ParameterArgument } from './parameter-declaration.js';
export { CHANNELS_CONTEXT, ChannelsArgumentsHost } from './channels-arguments-host.js';
export { ChannelsExecutionContext } from './channels-execution-context.js';

// Class-based consumers
export {
  BaseConsumer,
  type MethodMapping,
  type RouteAttributes,
} from './consumers/base-consumer.js';
export {
  type FrameOptions,
  type GroupNames,
  WebsocketConsumer,
} from './consumers/websocket-consumer.js';
export { JsonWebsocketConsumer } from './consumers/json-websocket-consumer.js';
export { type StreamClasses, WebsocketDemultiplexer } from './consumers/websocket-demultiplexer.js';
export { type MultiplexerParts, WebsocketMultiplexer } from './consumers/websocket-multiplexer.js';
export type { ErrorFrame } from './consumers/envelope.js';
export { type ConsumerFlag, ConsumerFlags, type FlagProvider } from './consumers/consumer-flags.js';

// Origins
export { OriginGuard } from './origin/origin.guard.js';
export { AllowedHostsGuard, AllowedHostsOnly } from './origin/allowed-hosts.guard.js';
export { AllowedHosts } from './origin/allowed-hosts.js';

// Control flow
export {
  type Acceptance,
  AcceptConnection,
  CloseConnection,
  ConsumeLater,
  type ConsumeLaterOptions,
  type Denial,
  DenyConnection,
  StopConsumer,
} from './control-flow.js';
export { EnforceOrdering } from './enforce-ordering.decorator.js';
export { TaskTimeout } from './task-timeout.decorator.js';

// What a worker does
export {
  type EndedEvent,
  type RunEvent,
  type WorkerEvent,
  WorkerEvents,
  type WorkerListener,
} from './worker/worker-events.js';
export { type Handled, ManualWorker, type Routes } from './worker/manual-worker.js';
export type { Ending, WorkerStatistics } from './worker/worker-statistics.js';
export type { ResidentStatistics } from './connection-life/resident-statistics.js';
export type { ServerStatistics } from './server/server-statistics.js';

// Processes
export { ChannelsRuntime, type Role } from './channels-runtime.js';
export type { ProcessOptions } from './run-process.js';
export { runServer, type RunServerOptions } from './run-server.js';
export { runWorker } from './run-worker.js';

// Errors
export {
  CommandLineInvalid,
  ConsumerIdle,
  ForeignContext,
  InvalidConfiguration,
  InvalidEnvelope,
  InvalidHandshake,
  InvalidReply,
  LocalLayer,
  MisplacedControlFlow,
  type NestChannelsErrorCode,
  RefusedFrame,
  StateMissing,
  StreamMissing,
  TaskTimeoutExceeded,
  UnknownLayer,
  UnknownStream,
} from './errors.js';

// What applications need of the core
export {
  Channel,
  type ChannelContents,
  type ChannelLayer,
  ChannelFull,
  ChannelsError,
  type ContentOf,
  decodeJson,
  encodeJson,
  Group,
  groupName,
  InvalidClose,
  InvalidContent,
  InvalidName,
  InvalidPattern,
  LayerUnavailable,
  MalformedJson,
  memoryLayer,
  type MemoryLayerOptions,
  Message,
  ReplyMissing,
  type WebSocketConnect,
  type WebSocketDisconnect,
  type WebSocketReceive,
  type WebSocketReply,
} from '@nest-channels/core';
