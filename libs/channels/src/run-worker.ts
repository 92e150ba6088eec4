import type { INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ChannelsRuntime } from './channels-runtime.js';
import type { CommandLine } from './command-line/command-line.js';
import { processModule } from './process-module.js';
import { type ProcessOptions, runProcess } from './run-process.js';

/**
 * Runs the consumers of an application in a process of their own.
 *
 * It takes the flags of `docs/command-line.md`, and stops on SIGTERM and SIGINT: what it has received
 * is handled, for `worker.shutdownTimeoutMs` at most, what waits in the channels stays for other
 * workers, and the process exits with 0. A second signal ends it at once. What keeps it from starting
 * is logged, and ends the process with 1, or with 2 if it is the command line; see `abortOnError`.
 *
 * @throws CommandLineInvalid `CHANNELS_COMMAND_LINE_INVALID`
 * @throws LocalLayer `CHANNELS_LAYER_LOCAL` on a layer that does not leave the process
 * @throws InvalidConfiguration `CHANNELS_CONFIG_INVALID`
 * @throws ChannelsError as a layer says that it cannot carry messages
 */
export function runWorker(
  module: Type,
  options: ProcessOptions = {},
): Promise<INestApplicationContext> {
  return runProcess('worker', options, (commandLine) => start(module, options, commandLine));
}

async function start(
  module: Type,
  { abortOnError }: ProcessOptions,
  { options: given }: CommandLine,
): Promise<INestApplicationContext> {
  const root = processModule(module, given);
  const app = await NestFactory.createApplicationContext(root, { abortOnError });
  const runtime = app.get(ChannelsRuntime, { strict: false });
  runtime.assume('worker');
  app.enableShutdownHooks(undefined, { useProcessExit: true });
  await runtime.start();
  return app;
}
