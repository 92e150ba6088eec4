import type { Header } from '@nest-channels/core';

/** Lists the values of a header; the name is in lower case. */
export function headersOf(headers: readonly Header[], name: string): string[] {
  const found = headers.filter(([key]) => textOf(key) === name);
  return found.map(([, value]) => textOf(value));
}

/** Returns the value of a header, several joined as Node does it; undefined without one. */
export function headerOf(headers: readonly Header[], name: string): string | undefined {
  const values = headersOf(headers, name);
  return values.length > 0 ? values.join(name === 'cookie' ? '; ' : ', ') : undefined;
}

/** Returns headers as Node has them: by name in lower case. */
export function asNodeHeaders(headers: readonly Header[]): Record<string, string> {
  const names = new Set(headers.map(([key]) => textOf(key)));
  const entries = [...names].map((name) => [name, headerOf(headers, name) ?? '']);
  return Object.fromEntries(entries) as Record<string, string>;
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
