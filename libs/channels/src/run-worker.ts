import type { INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ChannelsRuntime } from './channels-runtime.js';

/**
 * Runs the consumers of an application in a process of their own.
 *
 * It stops on SIGTERM and SIGINT: what it has received is handled, for `worker.shutdownTimeoutMs` at
 * most, what waits in the channels stays for other workers, and the process exits with 0. A second
 * signal ends it at once.
 *
 * @throws LocalLayer `CHANNELS_LAYER_LOCAL` on a layer that does not leave the process
 * @throws InvalidConfiguration `CHANNELS_CONFIG_INVALID`
 */
export async function runWorker(module: Type): Promise<INestApplicationContext> {
  const app = await NestFactory.createApplicationContext(module);
  const runtime = app.get(ChannelsRuntime, { strict: false });
  runtime.assume('worker');
  app.enableShutdownHooks(undefined, { useProcessExit: true });
  runtime.start();
  return app;
}
