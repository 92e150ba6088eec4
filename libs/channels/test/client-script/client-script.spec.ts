import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClientScript, findClientScript } from '../../src/client-script/client-script.js';

let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'client-script-'));
  file = join(folder, 'channels.js');
  await writeFile(file, 'var channels = "ä";');
});

afterAll(() => rm(folder, { recursive: true }));

describe('ClientScript', () => {
  it('is the text of its file, for browsers that ask each time', () => {
    const { status, headers, body } = new ClientScript(file).answer(undefined);
    expect([status, body]).toEqual([200, 'var channels = "ä";']);
    expect(headers).toEqual({
      'Cache-Control': 'no-cache',
      'Content-Type': 'text/javascript; charset=utf-8',
      ETag: expect.stringMatching(/^"[\w-]{22}"$/),
      'X-Content-Type-Options': 'nosniff',
    });
  });

  it('is not sent again to who has it', () => {
    const script = new ClientScript(file);
    const { ETag: etag } = script.answer(undefined).headers;
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      expect(script.answer(known)).toMatchObject({ status: 304, body: undefined });
    }
    for (const other of ['"other"', 'W/"other"', '', etag.slice(1, -1)]) {
      expect(script.answer(other).status).toBe(200);
    }
  });

  it('has another tag when it is another text', async () => {
    const tag = (): string => new ClientScript(file).answer(undefined).headers['ETag'];
    const before = tag();
    await writeFile(file, 'var channels = 1;');
    expect(tag()).not.toBe(before);
  });
});

describe('findClientScript', () => {
  it('finds the file of the installed package', () => {
    expect(findClientScript()).toMatch(/channels\.js$/);
  });

  it('finds none where the package is not installed', () => {
    const missing = (): never => {
      throw new Error('Cannot find module');
    };
    expect(findClientScript(missing)).toBeUndefined();
  });
});
