import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, ConsoleMessage, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.js';
import { freePort, NodeProcess, stopProcesses } from '../support/process.js';

const file = (path: string): Promise<string> =>
  readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

const isText =
  (text: string) =>
  (message: ConsoleMessage): boolean =>
    message.text() === text;

describe('the programs in the README', () => {
  let browser: Browser;
  let url: string;

  beforeAll(async () => {
    const port = await freePort();
    url = `http://localhost:${port}`;
    const server = new NodeProcess('docs/snippets/dist/first-server.js', { PORT: String(port) });
    browser = await launchBrowser();
    await server.printed('Nest application successfully started');
  });

  afterAll(async () => {
    await browser?.close();
    await stopProcesses();
  });

  async function openTab(): Promise<Page> {
    const page = await browser.newPage();
    await page.goto(url);
    return page;
  }

  it.each([
    ['first-server.ts', 25],
    ['first-client.js', 10],
  ])('are the tested file %s of at most %i lines', async (name, limit) => {
    const snippet = await file(`docs/snippets/${name}`);
    expect(snippet.trimEnd().split('\n').length).toBeLessThanOrEqual(limit);
    expect(await file('README.md')).toContain(`\n${snippet}\`\`\``);
  });

  it('let two tabs talk', async () => {
    const client = await file('docs/snippets/first-client.js');
    const [one, two] = [await openTab(), await openTab()];
    const hears = (page: Page): Promise<unknown> =>
      page.waitForEvent('console', isText('hello from a tab'));
    const own = hears(one);
    await one.addScriptTag({ content: client });
    await own;
    const other = hears(one);
    await two.addScriptTag({ content: client });
    await other;
  });
});
