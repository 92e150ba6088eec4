import type { INestApplication, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ChannelsSettings } from './channels-options.js';
import { ChannelsRuntime } from './channels-runtime.js';
import type { CommandLine } from './command-line/command-line.js';
import { limitHttp } from './http-limits.js';
import { limitAnswers } from './http-timeout.js';
import { listen, type ListeningPlace } from './listening-place.js';
import { processModule } from './process-module.js';
import { logger, type ProcessOptions, runProcess } from './run-process.js';

/** Are the options of a server process. */
export interface RunServerOptions extends ProcessOptions {
  /** Is the port to listen on where neither `--port` nor `PORT` says one; 8000 if absent. */
  readonly port?: number;
  /** Prepares the application before it listens: its middleware, static files or prefix. */
  readonly configure?: (app: INestApplication) => void | Promise<void>;
}

/**
 * Terminates the sockets of an application in a process of its own; workers handle its messages.
 *
 * It takes the flags of `docs/command-line.md`, and stops on SIGTERM and SIGINT, closing its
 * connections with 1012. Its HTTP server waits 10 s for the headers of a request, 30 s for all of it
 * and `server.httpTimeoutMs` for the answer, keeps idle connections for 5 s, and serves 1,000
 * requests on each. What keeps it from starting is logged, and ends the process with 1, or with 2 if
 * it is the command line; see `abortOnError`.
 *
 * @throws CommandLineInvalid `CHANNELS_COMMAND_LINE_INVALID`
 * @throws LocalLayer `CHANNELS_LAYER_LOCAL` on a layer that does not leave the process
 * @throws InvalidConfiguration `CHANNELS_CONFIG_INVALID`
 * @throws ChannelsError as a layer says that it cannot carry messages
 */
export function runServer(module: Type, options: RunServerOptions = {}): Promise<INestApplication> {
  return runProcess('server', options, (commandLine) => start(module, options, commandLine));
}

async function start(
  module: Type,
  options: RunServerOptions,
  { options: given, place }: CommandLine,
): Promise<INestApplication> {
  const { abortOnError } = options;
  const app = await NestFactory.create(processModule(module, given), { abortOnError });
  app.get(ChannelsRuntime, { strict: false }).assume('server');
  limit(app);
  await options.configure?.(app);
  app.enableShutdownHooks(undefined, { useProcessExit: true });
  await announce(app, { port: options.port, ...place });
  return app;
}

function limit(app: INestApplication): void {
  const { server, clock } = app.get(ChannelsSettings, { strict: false });
  limitHttp(app.getHttpServer(), server);
  limitAnswers(app.getHttpServer(), { httpTimeoutMs: server.httpTimeoutMs, clock });
}

async function announce(app: INestApplication, place: ListeningPlace): Promise<void> {
  logger().log(`Listening on ${await listen(app, place)}`);
}
