import { assertClose, type Content, isRefusalStatus, reasonOf } from '@nest-channels/core';
import { InvalidReply } from '../errors.js';
import { Frame } from './frame.js';
import { headerLines } from './refusal.js';

/** Is a close frame to send. */
export interface Close {
  readonly code: number;
  readonly reason: string;
}

/** Is a reply whose keys and values have been checked. */
export interface Reply {
  readonly accept?: boolean;
  readonly subprotocol?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly status: number;
  readonly body?: string;
  readonly frame?: Frame;
  readonly close?: Close;
  /** Says that the frames of the connection are to be handled in strict order. */
  readonly isOrdered?: boolean;
  /** Is the number of a frame that has been handled, as all before it. */
  readonly settled?: number;
}

const KEYS = [
  'accept',
  'subprotocol',
  'headers',
  'status',
  'body',
  'text',
  'bytes',
  'close',
  'reason',
  'ordered',
  'settled',
];

const PLAIN: Reply = {
  accept: undefined,
  subprotocol: undefined,
  headers: {},
  status: 403,
  body: undefined,
  frame: undefined,
  close: undefined,
  isOrdered: undefined,
  settled: undefined,
};

/**
 * Reads what a connection's reply channel was sent; an absent key and null are the same.
 *
 * @throws InvalidReply `CHANNELS_REPLY_INVALID`
 */
export function readReply(content: Content): Reply {
  const keys = Object.keys(content);
  // Almost every reply is a text and nothing else.
  if (keys.length === 1 && typeof content['text'] === 'string') return textReply(content['text']);
  const unknown = keys.find((key) => !KEYS.includes(key));
  if (unknown !== undefined) {
    throw new InvalidReply(`a reply has no key "${unknown}", only ${KEYS.join(', ')}`);
  }
  return {
    accept: readKey(content, 'accept', isBoolean, 'a boolean'),
    subprotocol: readKey(content, 'subprotocol', isText, 'a text'),
    headers: readHeaders(content),
    status: readKey(content, 'status', isRefusalStatus, 'an HTTP status from 300 to 599') ?? 403,
    body: readKey(content, 'body', isText, 'a text'),
    frame: readFrame(content),
    close: readClose(content),
    isOrdered: readKey(content, 'ordered', isBoolean, 'a boolean'),
    settled: readKey(content, 'settled', isNumber, 'a number'),
  };
}

function textReply(text: string): Reply {
  return { ...PLAIN, frame: new Frame(text) };
}

function readFrame(content: Content): Frame | undefined {
  const text = readKey(content, 'text', isText, 'a text');
  const bytes = readKey(content, 'bytes', isBytes, 'bytes');
  if (text !== undefined && bytes !== undefined) {
    throw new InvalidReply('a reply carries text or bytes, not both');
  }
  const data = text ?? bytes;
  return data === undefined ? undefined : new Frame(data);
}

function readClose(content: Content): Close | undefined {
  const close = readKey(content, 'close', isClose, 'a boolean or a close code');
  const reason = readKey(content, 'reason', isText, 'a text') ?? '';
  if (close === undefined || close === false) return undefined;
  const code = close === true ? 1000 : close;
  try {
    assertClose(code, reason);
  } catch (error) {
    throw new InvalidReply(reasonOf(error));
  }
  return { code, reason };
}

function readHeaders(content: Content): Readonly<Record<string, string>> {
  const headers = readKey(content, 'headers', isHeaders, 'an object of texts') ?? {};
  try {
    headerLines(headers);
  } catch (error) {
    throw new InvalidReply(`a header cannot be sent: ${reasonOf(error)}`);
  }
  return headers;
}

function readKey<T>(
  content: Content,
  key: string,
  isExpected: (value: unknown) => value is T,
  expected: string,
): T | undefined {
  const value = content[key] ?? undefined;
  if (value === undefined || isExpected(value)) return value;
  throw new InvalidReply(`"${key}" of a reply is ${expected}, not ${display(value)}`);
}

function display(value: unknown): string {
  const json = JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'bigint' ? `${inner}n` : inner,
  );
  return json.length > 100 ? `${json.slice(0, 100)}…` : json;
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array;
}

function isClose(value: unknown): value is boolean | number {
  return typeof value === 'boolean' || typeof value === 'number';
}

function isHeaders(value: unknown): value is Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every(isText);
}
