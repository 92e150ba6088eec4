import { WebSocket } from 'ws';

/**
 * Is a WebSocket that tells before it writes its close frame, whoever began to close.
 *
 * ws answers a client's close, and a broken protocol, by itself; frames that others write to the
 * same socket have to be out by then, for none may follow (RFC 6455 §5.5.1).
 */
export class ClosingWebSocket extends WebSocket {
  /** Is called once. */
  onClosing?: () => void;

  override close(code?: number, reason?: string | Buffer): void {
    const { onClosing } = this;
    this.onClosing = undefined;
    onClosing?.();
    super.close(code, reason);
  }
}
