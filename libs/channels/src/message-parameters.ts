import { decodeJson, type Message } from '@nest-channels/core';

/**
 * Are the numbers by which Nest knows our kinds of parameters.
 *
 * Body (3), query (4) and param (5) are Nest's own, the ones its validation pipes look at; ours lie
 * beyond its range.
 */
export const KIND = { content: 3, queryParam: 4, pathParam: 5, message: 100, turn: 101 } as const;

/** Is what stands for the JSON of a frame, or one key of it, where others have the name of a key. */
export class JsonPart {
  constructor(private readonly key?: string) {}

  /** @throws MalformedJson `CHANNELS_JSON_INVALID` */
  of({ text, bytes }: Message['content']): unknown {
    const frame = text ?? bytes;
    const isFrame = typeof frame === 'string' || frame instanceof Uint8Array;
    const value = isFrame ? decodeJson(frame) : undefined;
    return this.key === undefined ? value : partOf(value, this.key);
  }

  /** Names the key, for pipes that name the parameter. */
  toString(): string {
    return this.key ?? '';
  }
}

/** Reads parameters from a message for Nest's pipeline. */
export const messageParameters = {
  exchangeKeyForValue(
    kind: number,
    data: unknown,
    [message, , , self]: [Message, unknown?, unknown?, object?],
  ): unknown {
    const name = typeof data === 'string' ? data : undefined;
    switch (kind) {
      case KIND.message:
        return message;
      case KIND.content:
        return data instanceof JsonPart ? data.of(message.content) : contentOf(message, name);
      case KIND.pathParam:
        return name === undefined ? message.params : message.params[name];
      case KIND.queryParam:
        return queryParameter(message, name);
      case KIND.turn:
        return { self, message };
      default:
        return undefined;
    }
  },
};

function contentOf({ content }: Message, name: string | undefined): unknown {
  return name === undefined ? content : content[name];
}

function partOf(value: unknown, key: string): unknown {
  const isObject = typeof value === 'object' && value !== null;
  return isObject && Object.hasOwn(value, key) ? (value as Message['content'])[key] : undefined;
}

function queryParameter(message: Message, name: string | undefined): unknown {
  const query = message.content['query_string'];
  if (!(query instanceof Uint8Array)) return undefined;
  const parameters = new URLSearchParams(Buffer.from(query).toString());
  return name === undefined ? parameters : (parameters.get(name) ?? undefined);
}
