import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { ChannelsRuntime } from 'nest-channels';

@Controller()
export class HealthController {
  constructor(private readonly runtime: ChannelsRuntime) {}

  /** Answers as long as the process does. */
  @Get('healthz')
  health(): { status: string } {
    return { status: 'ok' };
  }

  /** Answers 200 while sockets are taken and handlers run. */
  @Get('readyz')
  readiness(): { status: string } {
    if (!this.runtime.isReady) throw new ServiceUnavailableException('not ready');
    return { status: 'ready' };
  }
}
