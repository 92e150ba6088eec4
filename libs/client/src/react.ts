import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { BridgeOptions } from './bridge-options.js';
import type { BridgeStatus } from './bridge-status.js';
import type { SendOutcome } from './bridge-stream.js';
import type { UrlSource } from './bridge-url.js';
import type { BridgeContract, StreamName } from './contract.js';
import { WebSocketBridge } from './web-socket-bridge.js';

/** Is a connection of a component. */
export interface ChannelHook<C extends BridgeContract> {
  /** Is the same in every rendering; give it to `useStream()`, or to a context. */
  readonly bridge: WebSocketBridge<C>;
  readonly status: BridgeStatus;
  /** Is the last message of no stream; undefined before the first. */
  readonly latest: C['incoming'] | undefined;
  /** Is `bridge.send()`, and the same in every rendering. */
  readonly send: (message: C['outgoing']) => SendOutcome;
}

/** Is one stream of a bridge, in a component. */
export interface StreamHook<Incoming, Outgoing> {
  /** Is the last payload; undefined before the first. */
  readonly latest: Incoming | undefined;
  /** Is `send()` of the stream, and the same in every rendering. */
  readonly send: (payload: Outgoing) => SendOutcome;
}

/** Are the options of a connection of a component. */
export interface ChannelHookOptions<C extends BridgeContract> extends BridgeOptions {
  readonly protocols?: string | string[];
  /** Is called with every message of no stream; renderings may pass over some. */
  readonly onMessage?: (message: C['incoming']) => void;
}

/**
 * Connects while the component is mounted, and again when the URL changes.
 *
 * @param url a function has to be the same in every rendering, as `useCallback()` makes it
 * @param options those of the first rendering count, but for `onMessage`
 */
export function useChannel<C extends BridgeContract = BridgeContract>(
  url?: UrlSource,
  options: ChannelHookOptions<C> = {},
): ChannelHook<C> {
  const [bridge] = useState(() => new WebSocketBridge<C>(options));
  const [protocols] = useState(options.protocols);
  const observe = useCallback(
    (each: (message: C['incoming']) => void) => bridge.observe(each),
    [bridge],
  );
  const latest = useLatest(observe, options.onMessage);
  useEffect(() => {
    bridge.connect(url, protocols);
    return () => bridge.close();
  }, [bridge, url, protocols]);
  const status = useSyncExternalStore(
    useCallback((changed) => bridge.onChange(changed), [bridge]),
    () => bridge.status,
    () => bridge.status,
  );
  const send = useCallback((message: C['outgoing']) => bridge.send(message), [bridge]);
  return { bridge, status, latest, send };
}

/** Reads and writes one stream of a bridge; several components may read the same one. */
export function useStream<C extends BridgeContract, S extends StreamName<C>>(
  bridge: WebSocketBridge<C>,
  stream: S,
  onMessage?: (payload: C['streams'][S]['incoming']) => void,
): StreamHook<C['streams'][S]['incoming'], C['streams'][S]['outgoing']> {
  const observe = useCallback(
    (each: (payload: C['streams'][S]['incoming']) => void) => bridge.stream(stream).observe(each),
    [bridge, stream],
  );
  const latest = useLatest(observe, onMessage);
  const send = useCallback(
    (payload: C['streams'][S]['outgoing']) => bridge.stream(stream).send(payload),
    [bridge, stream],
  );
  return { latest, send };
}

/** Subscribes while mounted; the last handler that was rendered hears every message. */
function useLatest<T>(
  observe: (observer: (message: T) => void) => () => void,
  handler: ((message: T) => void) | undefined,
): T | undefined {
  const [latest, setLatest] = useState<T>();
  const current = useRef(handler);
  useEffect(() => {
    current.current = handler;
  });
  useEffect(
    () =>
      observe((message) => {
        // A function would be taken for an update.
        setLatest(() => message);
        current.current?.(message);
      }),
    [observe],
  );
  return latest;
}
