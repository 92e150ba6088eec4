import { Controller, Get, Query } from '@nestjs/common';
import { delay, systemClock } from '@nest-channels/core';

/** Is how long an answer takes, so that some are under way whenever a server is told to stop. */
const VISIT_MS = 20;

@Controller('visits')
export class VisitsController {
  /** Tells of each request when it has been taken. */
  @Get()
  async visit(@Query('id') id: string): Promise<string> {
    process.send?.({ kind: 'visited', id });
    await delay(systemClock, VISIT_MS);
    return 'welcome';
  }
}
