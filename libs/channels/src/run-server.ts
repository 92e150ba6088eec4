import type { INestApplication, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ChannelsSettings } from './channels-options.js';
import { ChannelsRuntime } from './channels-runtime.js';
import { limitHttp } from './http-limits.js';

/** Are the options of a server process. */
export interface RunServerOptions {
  /** Is the port to listen on; the environment's `PORT`, else 8000, if absent. */
  readonly port?: number;
}

/**
 * Terminates the sockets of an application in a process of its own; workers handle its messages.
 *
 * It stops on SIGTERM and SIGINT, closing its connections with 1012. Its HTTP server waits 10 s for
 * the headers of a request and 30 s for all of it, keeps idle connections for 5 s, and serves 1,000
 * requests on each.
 *
 * @throws LocalLayer `CHANNELS_LAYER_LOCAL` on a layer that does not leave the process
 * @throws InvalidConfiguration `CHANNELS_CONFIG_INVALID`
 */
export async function runServer(
  module: Type,
  options: RunServerOptions = {},
): Promise<INestApplication> {
  const app = await NestFactory.create(module);
  app.get(ChannelsRuntime, { strict: false }).assume('server');
  limitHttp(app.getHttpServer(), app.get(ChannelsSettings, { strict: false }).server);
  app.enableShutdownHooks(undefined, { useProcessExit: true });
  await app.listen(options.port ?? Number(process.env['PORT'] || 8000));
  return app;
}
