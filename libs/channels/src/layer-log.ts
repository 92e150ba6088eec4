import type { ChannelLayer } from '@nest-channels/core';
import { Logger } from '@nestjs/common';

/**
 * Logs when the back end of a layer is lost, is back, or has been emptied.
 *
 * A layer that does not leave the process has none: nothing is logged of it.
 */
export function logLosses(alias: string, { name, reach, events }: ChannelLayer): void {
  if (reach === 'process') return;
  const logger = new Logger('Channels');
  const layer = `The ${name} layer "${alias}"`;
  events.on('lost', ({ reason }) =>
    logger.warn(
      `${layer} is lost (${reason}): until it is back sends fail and nothing is received`,
    ),
  );
  events.on('gap', () => logger.log(`${layer} is back: messages may have been missed`));
  events.on('reset', () => logger.warn(`${layer} was emptied: what waited in it is gone`));
}
