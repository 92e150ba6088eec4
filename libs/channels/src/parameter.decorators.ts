import 'reflect-metadata';
import type { Message } from '@nest-channels/core';
import type { PipeTransform, Type } from '@nestjs/common';

type Pipe = Type<PipeTransform> | PipeTransform;

/** Is where Nest keeps a method's parameters; `createParamDecorator` writes there too. */
export const PARAMETERS_METADATA = '__routeArguments__';

// The numbers are Nest's own kinds of parameter: body (3), query (4) and param (5) are the ones its
// validation pipes look at. Ours lie beyond its range.
const KIND = { content: 3, queryParam: 4, pathParam: 5, message: 100 } as const;

/** Passes the {@link Message}. */
export function Msg(): ParameterDecorator {
  return parameter(KIND.message);
}

/**
 * Passes the content of the message, or one key of it.
 *
 * @param keyOrType name of a key; a class stands for the whole content and documents its type
 * @param pipes run on the value, after the method's and class's pipes; they see it as a `body`
 */
export function Content(keyOrType?: string | Type | Pipe, ...pipes: Pipe[]): ParameterDecorator {
  if (isPipe(keyOrType)) return parameter(KIND.content, undefined, [keyOrType, ...pipes]);
  return parameter(KIND.content, typeof keyOrType === 'string' ? keyOrType : undefined, pipes);
}

/** Passes what the route's patterns captured under a name, or all captures. */
export function PathParam(name?: string | Pipe, ...pipes: Pipe[]): ParameterDecorator {
  return named(KIND.pathParam, name, pipes);
}

/**
 * Passes a parameter of the query string, or all of it as `URLSearchParams`.
 *
 * Only `websocket.connect` carries the query string; on other messages it is undefined.
 */
export function QueryParam(name?: string | Pipe, ...pipes: Pipe[]): ParameterDecorator {
  return named(KIND.queryParam, name, pipes);
}

/** Reads parameters from a message for Nest's pipeline. */
export const messageParameters = {
  exchangeKeyForValue(kind: number, data: unknown, [message]: [Message]): unknown {
    const name = typeof data === 'string' ? data : undefined;
    switch (kind) {
      case KIND.message:
        return message;
      case KIND.content:
        return name === undefined ? message.content : message.content[name];
      case KIND.pathParam:
        return name === undefined ? message.params : message.params[name];
      case KIND.queryParam:
        return queryParameter(message, name);
      default:
        return undefined;
    }
  },
};

function queryParameter(message: Message, name: string | undefined): unknown {
  const query = message.content['query_string'];
  if (!(query instanceof Uint8Array)) return undefined;
  const parameters = new URLSearchParams(Buffer.from(query).toString());
  return name === undefined ? parameters : (parameters.get(name) ?? undefined);
}

function named(kind: number, name: string | Pipe | undefined, pipes: Pipe[]): ParameterDecorator {
  return isPipe(name) ? parameter(kind, undefined, [name, ...pipes]) : parameter(kind, name, pipes);
}

function parameter(kind: number, data?: string, pipes: Pipe[] = []): ParameterDecorator {
  return (target, method, index) => {
    if (method === undefined) return;
    const parameters: unknown = Reflect.getMetadata(
      PARAMETERS_METADATA,
      target.constructor,
      method,
    );
    Reflect.defineMetadata(
      PARAMETERS_METADATA,
      { ...(parameters as object), [`${kind}:${index}`]: { index, data, pipes } },
      target.constructor,
      method,
    );
  };
}

function isPipe(value: unknown): value is Pipe {
  return hasTransform(value) || (typeof value === 'function' && hasTransform(value.prototype));
}

function hasTransform(value: unknown): boolean {
  return typeof (value as PipeTransform | undefined)?.transform === 'function';
}
