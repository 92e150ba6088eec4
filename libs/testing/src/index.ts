// An application under test
export { ChannelsTest, type ChannelsTestOptions, createChannelsTest } from './channels-test.js';
export { ChannelsTestingModule } from './channels-testing.module.js';
export type { ChannelsTestingOptions } from './custody.js';
export {
  ChannelsCluster,
  type ChannelsClusterOptions,
  createChannelsCluster,
} from './channels-cluster.js';
export { TestedProcess } from './tested-process.js';
export type { ApplicationParts } from './application-parts.js';
export type { WorldOptions } from './world.js';
export type { TestedOptions } from './captive-layers.js';
export { type FaultOptions, Faults } from './faults.js';
export { HandWorker } from './hand-worker.js';
export { LiveServer } from './live-server.js';

// Its clients
export { type Counterpart, WebSocketCommunicator } from './web-socket-communicator.js';
export type { Connected, WebSocketOptions } from './web-socket-options.js';
export type { Closing, Frame } from './frames.js';
export { type Site, Visitor } from './visitor.js';
export type { SessionLoginOptions, SessionStore, UserSerializer } from './session-login.js';
export { Client, type ClientHost, type Requirement } from './client.js';
export { WsClient, type WsClientOptions, type WsConsumption, type WsMessage } from './ws-client.js';
export { HttpClient, type HttpReply, type HttpRequestOptions } from './http-client.js';
export { applyRoutes, type RouteFunction } from './apply-routes.js';
export { include, route } from '@nest-channels/core';

// Errors
export {
  ConnectionClosed,
  LoginUnknown,
  MissingMessage,
  TestingModuleMissing,
  TestTimeout,
  type TestingErrorCode,
  UnexpectedFrame,
  WorkerRunning,
} from './errors.js';
