import { ChannelsError } from '@nest-channels/core';

/** Codes of the errors this package throws, listed with remedies in `docs/errors.md`. */
export type TestingErrorCode =
  | 'CHANNELS_TEST_CONNECTION_CLOSED'
  | 'CHANNELS_TEST_FRAME_UNEXPECTED'
  | 'CHANNELS_TEST_LOGIN_UNKNOWN'
  | 'CHANNELS_TEST_MESSAGE_MISSING'
  | 'CHANNELS_TEST_MODULE_MISSING'
  | 'CHANNELS_TEST_TIMEOUT'
  | 'CHANNELS_TEST_WORKER_RUNNING';

/** Is thrown when a test waits for a frame, or sends one, and the connection has ended. */
export class ConnectionClosed extends ChannelsError<'CHANNELS_TEST_CONNECTION_CLOSED'> {
  constructor(
    path: string,
    readonly closeCode: number,
    readonly reason: string,
  ) {
    const because = reason && ` (${reason})`;
    super(
      'CHANNELS_TEST_CONNECTION_CLOSED',
      `The connection to ${path} is closed with ${closeCode}${because}.`,
    );
  }
}

/** Is thrown when something arrived where a test wanted nothing or something else. */
export class UnexpectedFrame extends ChannelsError<'CHANNELS_TEST_FRAME_UNEXPECTED'> {
  constructor(
    expected: string,
    readonly frame: unknown,
  ) {
    super('CHANNELS_TEST_FRAME_UNEXPECTED', `Expected ${expected}, got ${shown(frame)}.`);
  }
}

/** Is thrown when a test wants somebody logged in and has not said where sessions are kept. */
export class LoginUnknown extends ChannelsError<'CHANNELS_TEST_LOGIN_UNKNOWN'> {
  constructor() {
    super(
      'CHANNELS_TEST_LOGIN_UNKNOWN',
      'The test does not know where sessions are kept. Give it { sessions: { store, secret, passport } }.',
    );
  }
}

/** Is thrown when a test takes a message from a channel where none waits, or that none routes. */
export class MissingMessage extends ChannelsError<'CHANNELS_TEST_MESSAGE_MISSING'> {
  constructor(problem: string) {
    super('CHANNELS_TEST_MESSAGE_MISSING', `${problem}.`);
  }
}

/** Is thrown when a test is to lead an application that is not in its hands. */
export class TestingModuleMissing extends ChannelsError<'CHANNELS_TEST_MODULE_MISSING'> {
  constructor(cause: unknown) {
    super(
      'CHANNELS_TEST_MODULE_MISSING',
      'The application does not import ChannelsTestingModule.forRoot().',
      { cause },
    );
  }
}

/** Is thrown when what a test waits for does not happen in time. */
export class TestTimeout extends ChannelsError<'CHANNELS_TEST_TIMEOUT'> {
  constructor(what: string, patienceMs: number) {
    super(
      'CHANNELS_TEST_TIMEOUT',
      `Waited ${patienceMs} ms for ${what}. If the application waits for time to pass, advance it.`,
    );
  }
}

/** Is thrown when a test wants to consume by hand while a worker consumes. */
export class WorkerRunning extends ChannelsError<'CHANNELS_TEST_WORKER_RUNNING'> {
  constructor() {
    super(
      'CHANNELS_TEST_WORKER_RUNNING',
      "A worker consumes all messages. Create the test with { worker: 'by hand' } to do it yourself.",
    );
  }
}

const SHOWN_LENGTH = 200;

function shown(frame: unknown): string {
  const text = typeof frame === 'string' ? JSON.stringify(frame) : describe(frame);
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}

function describe(frame: unknown): string {
  return frame instanceof Uint8Array ? `${frame.length} bytes` : JSON.stringify(frame);
}
