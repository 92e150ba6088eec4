import type * as channels from '@nest-channels/client';
import type { Page } from 'playwright-core';

/** Is what a page wrote down of its bridge. */
export interface BridgeRecord {
  readonly statuses: channels.BridgeStatus[];
  readonly reconnects: number[];
  /** Are the payloads that the one handler of the stream chat has heard. */
  readonly chat: unknown[];
  /** Are the messages of no stream. */
  readonly plain: unknown[];
  /** Counts the frames that a listener of the socket itself has heard. */
  readonly frames: string[];
  readonly errors: { code: string; message: string; detail?: unknown; closeCode?: number }[];
}

declare global {
  interface Window {
    channels: typeof channels;
    bridge: channels.WebSocketBridge;
    record: BridgeRecord;
  }
}

/** Are options that a page can be given. */
export type PageBridgeOptions = Pick<
  channels.BridgeOptions,
  'backoff' | 'stableMs' | 'connectTimeoutMs' | 'maxMessageBytes' | 'heartbeat'
>;

/** Connects a page, whose handlers are added once and for all. */
export async function openBridge(
  page: Page,
  path: string,
  options: PageBridgeOptions = {},
): Promise<void> {
  await page.evaluate(
    ([target, given]) => {
      const bridge = new window.channels.WebSocketBridge(given);
      const record: BridgeRecord = {
        statuses: [],
        reconnects: [],
        chat: [],
        plain: [],
        frames: [],
        errors: [],
      };
      Object.assign(window, { bridge, record });
      bridge.onChange((status) => record.statuses.push(status));
      bridge.onReconnect(() => record.reconnects.push(record.reconnects.length + 1));
      bridge.onError((error) => {
        const { code, message, detail, closeCode } = error as channels.ChannelsClientError & {
          detail?: unknown;
          closeCode?: number;
        };
        record.errors.push({ code, message, detail, closeCode });
      });
      bridge.listen((message) => record.plain.push(message));
      bridge.demultiplex('chat', (payload) => record.chat.push(payload));
      bridge.connect(target);
      bridge.socket.addEventListener('message', ({ data }) => record.frames.push(data as string));
      return bridge.opened();
    },
    [path, options] as const,
  );
}

/** Returns what the page has written down. */
export function recordOf(page: Page): Promise<BridgeRecord> {
  return page.evaluate(() => window.record);
}

/** Does something, and resolves when the bridge has connected again after it. */
export async function comesBackAfter(page: Page, act: () => unknown): Promise<void> {
  const next = await page.evaluateHandle(() => {
    const reconnected = new Promise<void>((resolve) => {
      const remove = window.bridge.onReconnect(() => {
        remove();
        resolve();
      });
    });
    return { reconnected };
  });
  await act();
  await next.evaluate(({ reconnected }) => reconnected);
  await next.dispose();
}

/** Resolves when the bridge is in a state, at once if it is. */
export async function reaches(page: Page, state: string, attempt = 0): Promise<void> {
  await page.evaluate(
    ([wanted, least]) =>
      new Promise<void>((resolve) => {
        const remove = window.bridge.onChange(look);
        look(window.bridge.status);
        function look(status: channels.BridgeStatus): void {
          const reached = 'attempt' in status ? status.attempt : 0;
          if (status.state !== wanted || reached < least) return;
          // The first look may come before onChange() has returned.
          queueMicrotask(() => remove());
          resolve();
        }
      }),
    [state, attempt] as const,
  );
}

/** Sends a payload over the stream echo, and resolves with what comes back. */
export function echo(page: Page, payload: unknown): Promise<unknown> {
  return page.evaluate((given) => {
    const stream = window.bridge.stream('echo');
    const next = stream.next();
    stream.send(given);
    return next;
  }, payload);
}
