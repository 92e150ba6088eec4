import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const SCRIPT = '@nest-channels/client/channels.js';

/** Is an HTTP answer: the script, or nothing where the client has it already. */
export interface ScriptAnswer {
  readonly status: 200 | 304;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Returns the file of the script; undefined where the package is not installed. */
export function findClientScript(
  resolve: (specifier: string) => string = createRequire(import.meta.url).resolve,
): string | undefined {
  try {
    return resolve(SCRIPT);
  } catch {
    return undefined;
  }
}

/** Is the script that a page includes, as it was when the application started. */
export class ClientScript {
  readonly #text: string;
  readonly #etag: string;

  constructor(file: string) {
    this.#text = readFileSync(file, 'utf8');
    const digest = createHash('sha256').update(this.#text).digest('base64url');
    this.#etag = `"${digest.slice(0, 22)}"`;
  }

  /**
   * Answers a GET or HEAD request.
   *
   * Caches keep the script and ask each time whether it is still the one, since pages and servers
   * are deployed together. `If-None-Match` compares weakly (RFC 9110 §13.1.2).
   */
  answer(ifNoneMatch: string | undefined): ScriptAnswer {
    const isKnown = this.#isAmong(ifNoneMatch ?? '');
    const headers = {
      'Cache-Control': 'no-cache',
      ETag: this.#etag,
      ...(isKnown ? {} : { 'Content-Type': 'text/javascript; charset=utf-8' }),
      'X-Content-Type-Options': 'nosniff',
    };
    return { status: isKnown ? 304 : 200, headers, body: isKnown ? undefined : this.#text };
  }

  #isAmong(tags: string): boolean {
    const known = new Set(tags.split(',').map((tag) => tag.trim().replace(/^W\//, '')));
    return known.has(this.#etag) || known.has('*');
  }
}
