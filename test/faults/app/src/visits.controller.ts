import { Controller, Get } from '@nestjs/common';
import { delay, systemClock } from '@nest-channels/core';

/** Is how long an answer takes, so that some are under way whenever a server is told to stop. */
const VISIT_MS = 20;

@Controller('visits')
export class VisitsController {
  @Get()
  async visit(): Promise<string> {
    await delay(systemClock, VISIT_MS);
    return 'welcome';
  }
}
