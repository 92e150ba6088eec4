import 'reflect-metadata';

const ORDERED = Symbol('channels:ordered');

/**
 * Has the messages of a connection handled one after another, in the order the client sent them.
 *
 * A worker does so anyway; this promises it across any number of workers, answers included. It goes
 * on a handler or on a consumer class, and holds for all messages of a connection as soon as one
 * ordered handler of `websocket.connect`, `.receive` or `.disconnect` could match its path: the
 * interface server sends its workers a frame when the one before it has been handled, sends
 * included, the first one when connect has been, and the disconnect last.
 *
 * A handler that throws is as good as one that returns. A frame that is never settled, as its worker
 * was killed or the message was lost, ends the connection with 1011 after `server.settleTimeoutMs`,
 * or is skipped then (`server.unsettledPolicy`); the disconnect follows in both cases.
 */
export function EnforceOrdering(): ClassDecorator & MethodDecorator {
  return (target: object, method?: string | symbol): void => {
    if (method === undefined) Reflect.defineMetadata(ORDERED, true, target);
    else Reflect.defineMetadata(ORDERED, true, target, method);
  };
}

/** Tells whether a method or its class has `@EnforceOrdering()`. */
export function isOrdered(consumerClass: { readonly prototype: object }, method: string): boolean {
  return (
    Reflect.hasMetadata(ORDERED, consumerClass) ||
    Reflect.hasMetadata(ORDERED, consumerClass.prototype, method)
  );
}
