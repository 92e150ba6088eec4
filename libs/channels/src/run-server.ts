import type { INestApplication, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ChannelsRuntime } from './channels-runtime.js';

/** Are the options of a server process. */
export interface RunServerOptions {
  /** Is the port to listen on; the environment's `PORT`, else 8000, if absent. */
  readonly port?: number;
}

/**
 * Terminates the sockets of an application in a process of its own; workers handle its messages.
 *
 * It stops on SIGTERM and SIGINT, closing its connections with 1012.
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
  app.enableShutdownHooks(undefined, { useProcessExit: true });
  await app.listen(options.port ?? Number(process.env['PORT'] || 8000));
  return app;
}
