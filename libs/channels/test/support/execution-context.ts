import type { ExecutionContext } from '@nestjs/common';
import type { Message } from '@nest-channels/core';

/** Makes what Nest hands to the enhancers of a handler. */
export function contextOf(message: Message): ExecutionContext {
  const args = [message, message.content, message.channel];
  return {
    getType: () => 'channels',
    getArgs: () => args,
    getArgByIndex: (index: number) => args[index],
  } as unknown as ExecutionContext;
}
