import { describe, expect, it } from '@jest/globals';
import {
  ConnectionClosed,
  LoginUnknown,
  MissingMessage,
  TestingModuleMissing,
  TestTimeout,
  UnexpectedFrame,
  WorkerRunning,
} from '../src/index.js';

describe('the errors of a test', () => {
  it.each([
    [new ConnectionClosed('/echo', 4000, 'bye'), 'CONNECTION_CLOSED', 'closed with 4000 (bye).'],
    [new ConnectionClosed('/echo', 1006, ''), 'CONNECTION_CLOSED', 'closed with 1006.'],
    [new UnexpectedFrame('nothing', 'hi'), 'FRAME_UNEXPECTED', 'Expected nothing, got "hi".'],
    [new UnexpectedFrame('JSON', new Uint8Array(3)), 'FRAME_UNEXPECTED', 'got 3 bytes.'],
    [new UnexpectedFrame('JSON', { a: 1 }), 'FRAME_UNEXPECTED', 'got {"a":1}.'],
    [new UnexpectedFrame('JSON', 'x'.repeat(300)), 'FRAME_UNEXPECTED', 'x…'],
    [new MissingMessage('No message waits'), 'MESSAGE_MISSING', 'No message waits.'],
    [new TestingModuleMissing('x'), 'MODULE_MISSING', 'does not import ChannelsTestingModule'],
    [new TestTimeout('a frame', 3_000), 'TIMEOUT', 'Waited 3000 ms for a frame.'],
    [new LoginUnknown(), 'LOGIN_UNKNOWN', 'sessions: { store, secret, passport }'],
    [new WorkerRunning(), 'WORKER_RUNNING', "worker: 'by hand'"],
  ])('say what is wrong: %s', (error, code, text) => {
    expect(error.code).toBe(`CHANNELS_TEST_${code}`);
    expect(error.message).toContain(text);
  });
});
