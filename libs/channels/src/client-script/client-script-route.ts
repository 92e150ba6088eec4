import type { IncomingHttpHeaders } from 'node:http';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ChannelsSettings } from '../channels-options.js';
import { ClientScript, findClientScript } from './client-script.js';

/**
 * Serves the script of the client, where `client.path` asks for it and there is an HTTP server.
 *
 * It comes after the application's middleware and controllers, and no guard runs around it.
 */
@Injectable()
export class ClientScriptRoute implements OnModuleInit {
  constructor(
    private readonly http: HttpAdapterHost,
    private readonly settings: ChannelsSettings,
  ) {}

  /** Adds the route; a mistake in the options is told by the check of all settings. */
  onModuleInit(): void {
    const { client } = this.settings;
    const file = client && findClientScript();
    if (!file || !this.http.httpAdapter || this.settings.problems().length > 0) return;
    this.#serve(client.path, new ClientScript(file));
  }

  #serve(path: string, script: ClientScript): void {
    const adapter = this.http.httpAdapter;
    adapter.get(path, (request: { headers: IncomingHttpHeaders }, response: unknown) => {
      const { status, headers, body } = script.answer(request.headers['if-none-match']);
      for (const [name, value] of Object.entries(headers)) adapter.setHeader(response, name, value);
      adapter.reply(response, body, status);
    });
  }
}
