import { JsonPart, KIND } from './message-parameters.js';
import { parameter, type ParameterArgument } from './parameter-declaration.js';

/** Passes the `Message`. */
export function Msg(): ParameterDecorator {
  return parameter(KIND.message, []);
}

/**
 * Passes the content of the message, or one key of it.
 *
 * Pipes see it as a `body`. `@Content('items', ParseArrayPipe)` passes one key through a pipe,
 * `@Content(ThumbnailJob)` names the class that a `ValidationPipe` checks against, and
 * `@Content({ schema })` the schema for a `StandardSchemaValidationPipe`; neither pipe runs unless
 * it is given, here, on method or class, or globally.
 */
export function Content(...given: ParameterArgument[]): ParameterDecorator {
  return parameter(KIND.content, given);
}

/**
 * Passes the frame of a `websocket.receive`, read as JSON, or one key of it.
 *
 * Text and bytes are read alike, within the limits of `decodeJson`. Pipes see the value as a `body`,
 * and a type or schema is given as to {@link Content}. Other messages have no frame: undefined.
 * A frame that is no JSON is a `MalformedJson` to filters; unless one answers, it closes the
 * connection with 1007.
 */
export function Json(...given: ParameterArgument[]): ParameterDecorator {
  return parameter(KIND.content, given, (key) => new JsonPart(key));
}

/** Passes what the route's patterns captured under a name, or all captures; pipes see a `param`. */
export function PathParam(...given: ParameterArgument[]): ParameterDecorator {
  return parameter(KIND.pathParam, given);
}

/**
 * Passes a parameter of the query string, or all of it as `URLSearchParams`; pipes see a `query`.
 *
 * Only `websocket.connect` carries the query string; on other messages it is undefined.
 */
export function QueryParam(...given: ParameterArgument[]): ParameterDecorator {
  return parameter(KIND.queryParam, given);
}
