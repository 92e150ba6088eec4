import { Logger } from '@nestjs/common';
import { LogRecorder } from './log-recorder.js';

/** Sends what every logger of this test file logs from now on to a recorder. */
export function recordLogs(): LogRecorder {
  const logs = new LogRecorder();
  Logger.overrideLogger(logs);
  return logs;
}
