import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.js';
import { freePort, NodeProcess, stopProcesses } from '../support/process.js';

describe('the first part of the guide', () => {
  let browser: Browser;
  let url: string;

  beforeAll(async () => {
    const port = await freePort();
    url = `http://localhost:${port}`;
    const server = new NodeProcess('docs/snippets/dist/echo/main.js', { PORT: String(port) });
    browser = await launchBrowser();
    await server.printed('Nest application successfully started');
  });

  afterAll(async () => {
    await browser?.close();
    await stopProcesses();
  });

  it('echoes to the console of a browser', async () => {
    const client = new URL('../../docs/snippets/echo/client.js', import.meta.url);
    const page = await browser.newPage();
    await page.goto(url);
    const printed = page.waitForEvent('console', (message) => message.text() === 'hello');
    await page.addScriptTag({ content: await readFile(client, 'utf8') });
    expect((await printed).text()).toBe('hello');
  });
});
