import { WebSocket } from 'ws';

/**
 * Is a WebSocket that asks before it writes its close frame, whoever began to close.
 *
 * ws answers a client's close, and a broken protocol, by itself and at once; but frames that others
 * write to the same socket have to be out by then, for none may follow (RFC 6455 §5.5.1).
 */
export class ClosingWebSocket extends WebSocket {
  /** Is called once; the close frame is written when `proceed` is called. */
  onClosing?: (code: number | undefined, proceed: () => void) => void;

  override close(code?: number, reason?: string | Buffer): void {
    const proceed = (): void => super.close(code, reason);
    const { onClosing } = this;
    this.onClosing = undefined;
    if (onClosing) onClosing(code, proceed);
    else proceed();
  }
}
