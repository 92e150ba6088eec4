import { isRefusalStatus, type Message, type Router } from '@nest-channels/core';
import { HttpException } from '@nestjs/common';
import { AcceptConnection, CloseConnection, DenyConnection } from './control-flow.js';
import { MisplacedControlFlow } from './errors.js';
import type { Handler } from './handler.js';
import type { WorkerSettings } from './worker-options.js';

/** Close code for what an application does not let a client do (RFC 6455 §7.4.1). */
const POLICY_VIOLATION = 1008;

const INTERNAL_ERROR = 1011;

/** Close code for a server that cannot serve now (IANA's registry for RFC 6455). */
const TRY_AGAIN_LATER = 1013;

/** Is what a handler may decide by throwing. */
export type Decision = AcceptConnection | DenyConnection | CloseConnection;

/** Tells whether an error is a decision about the connection. */
export function isDecision(error: unknown): error is Decision {
  return (
    error instanceof AcceptConnection ||
    error instanceof DenyConnection ||
    error instanceof CloseConnection
  );
}

/** Is what a client learns when a handler ended otherwise than by returning. */
export class Answers {
  constructor(
    private readonly router: Pick<Router<Handler>, 'covers'>,
    private readonly policy: Pick<WorkerSettings, 'unrouted' | 'onError'>,
  ) {}

  /** Carries a decision out; returns the mistake where it cannot be one. */
  async decide(message: Message, decision: Decision): Promise<MisplacedControlFlow | undefined> {
    const misplaced = misplacedIn(message, decision);
    if (misplaced) return misplaced;
    if (decision instanceof CloseConnection) await message.close(decision.code, decision.reason);
    else if (decision instanceof AcceptConnection) await message.accept(decision.acceptance);
    else await deny(message, decision);
    return undefined;
  }

  /** Answers a handler that failed. */
  async failed(message: Message, error: unknown): Promise<void> {
    if (!message.hasReplyChannel) return;
    if (message.channel === 'websocket.connect') {
      // Refuses a pending connection, closes one that the handler had accepted before it failed.
      const close = closeCodeOf(error);
      await message.replyChannel.send({ accept: false, status: statusOf(error), close });
    } else if (message.channel === 'websocket.receive' && this.policy.onError === 'close') {
      await message.close(closeCodeOf(error));
    }
  }

  /** Answers a message that was postponed too often: nobody else will decide on its connection. */
  async dropped(message: Message): Promise<void> {
    if (message.channel !== 'websocket.connect' || !message.hasReplyChannel) return;
    await message.replyChannel.send({ accept: false, status: 503, close: TRY_AGAIN_LATER });
  }

  /** Answers a message that no route matches, and tells what became of it, for the log. */
  async unrouted(message: Message): Promise<'dropped' | 'refused with 404' | undefined> {
    switch (message.channel) {
      case 'websocket.connect':
        return this.#unroutedConnect(message);
      case 'websocket.receive':
      case 'websocket.disconnect':
        return undefined;
      default:
        return 'dropped';
    }
  }

  async #unroutedConnect(message: Message): Promise<'refused with 404' | undefined> {
    const isKnownPath = ['websocket.receive', 'websocket.disconnect'].some((channel) =>
      this.router.covers(channel, 'path', message.content),
    );
    if (isKnownPath || this.policy.unrouted === 'accept') {
      await message.accept();
      return undefined;
    }
    await message.deny({ status: 404 });
    return 'refused with 404';
  }
}

/** Returns the HTTP status that an error stands for. */
export function statusOf(error: unknown): number {
  const status = error instanceof HttpException ? error.getStatus() : 500;
  return isRefusalStatus(status) ? status : 500;
}

/**
 * Returns the close code that an error stands for.
 *
 * A client whose frame a pipe or a guard refused would do the same again if it came back: 1008 tells
 * it not to, where 1011 says that it was not its fault.
 */
export function closeCodeOf(error: unknown): number {
  return statusOf(error) < 500 ? POLICY_VIOLATION : INTERNAL_ERROR;
}

function deny(message: Message, { denial }: DenyConnection): Promise<void> {
  return message.replyChannel.send({ accept: false, ...denial, close: POLICY_VIOLATION });
}

function misplacedIn(
  { channel, hasReplyChannel }: Message,
  decision: Decision,
): MisplacedControlFlow | undefined {
  if (!(decision instanceof CloseConnection)) {
    const isPlaced = channel === 'websocket.connect';
    return isPlaced ? undefined : new MisplacedControlFlow(decision.name, channel, PENDING);
  }
  const isPlaced = hasReplyChannel && channel !== 'websocket.disconnect';
  return isPlaced ? undefined : new MisplacedControlFlow(decision.name, channel, OPEN);
}

const PENDING = 'a pending connection, on websocket.connect';
const OPEN = 'the message of a connection that is not over';
