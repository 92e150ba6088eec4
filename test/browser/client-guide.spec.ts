import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, Header, Module } from '@nestjs/common';
import { buildSync } from 'esbuild';
import type { Browser, Page, WebSocket } from 'playwright-core';
import { AppModule } from '../../docs/snippets/client/app.module.js';
import { launchBrowser } from '../support/browser.js';
import { RestartingApp } from '../support/restarting-app.js';
import { ROOT } from '../structure/sources.js';

jest.setTimeout(60_000);

let html = '';

@Controller()
class Pages {
  @Get()
  @Header('content-type', 'text/html')
  page(): string {
    return html;
  }
}

@Module({ imports: [AppModule], controllers: [Pages] })
class PagesModule {}

let browser: Browser;
let app: RestartingApp;
let page: Page;
const problems: string[] = [];

beforeAll(async () => {
  [app, browser] = await Promise.all([RestartingApp.start(() => PagesModule), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await app?.stop();
});

beforeEach(async () => {
  page = await browser.newPage();
  page.on('pageerror', (error) => problems.push(error.message));
});

async function open(text: string): Promise<void> {
  html = text;
  await page.goto(app.url);
}

const shows = (state: string): Promise<void> =>
  page.locator('output', { hasText: new RegExp(`^${state}$`) }).waitFor();

/** Cuts the connection, and resolves when there is another. */
async function cut(): Promise<void> {
  const next = page.waitForEvent('websocket');
  app.cut();
  await next;
  await shows('open');
}

async function greet(): Promise<void> {
  await page.getByRole('button', { name: 'Say hello' }).click();
}

const lines = (): Promise<string[]> => page.locator('li').allTextContents();

describe('the page of the guide', () => {
  it('talks, and comes back when its connection was cut', async () => {
    const file = new URL('../../docs/snippets/client/page.html', import.meta.url);
    await open(await readFile(file, 'utf8'));
    await shows('open');
    await greet();
    await page.locator('li').first().waitFor();
    await cut();
    await greet();
    await page.locator('li').nth(1).waitFor();
    expect(await lines()).toEqual(['hello', 'hello']);
  });
});

const ENTRY = `
  import { createElement, StrictMode } from 'react';
  import { createRoot } from 'react-dom/client';
  import { Live } from './docs/snippets/client/live.tsx';

  const root = createRoot(document.body.appendChild(document.createElement('div')));
  window.show = (path) =>
    root.render(path && createElement(StrictMode, null, createElement(Live, { path })));
  window.show('/live');
`;

/** Bundles React as in development, where it mounts everything twice. */
function reactPage(): string {
  const { outputFiles } = buildSync({
    stdin: { contents: ENTRY, resolveDir: ROOT },
    bundle: true,
    write: false,
    format: 'iife',
    jsx: 'automatic',
    conditions: ['channels-source'],
    define: { 'process.env.NODE_ENV': '"development"' },
    tsconfigRaw: {},
  });
  const script = outputFiles[0].text.replaceAll('</script', '<\\/script');
  return `<!doctype html><title>React</title><body><script>${script}</script></body>`;
}

const show = (path: string | null): Promise<void> =>
  page.evaluate((next) => (window as unknown as { show(path: unknown): void }).show(next), path);

describe('the hooks for React', () => {
  it('keep a component and its handlers through a cut, and each hears once', async () => {
    await open(reactPage());
    await shows('open');
    await greet();
    await page.locator('li').first().waitFor();
    await cut();
    await greet();
    await page.locator('li').nth(1).waitFor();
    expect(await lines()).toEqual(['hello', 'hello']);
  });

  it('connect again for another URL, and end when the component goes', async () => {
    const sockets: WebSocket[] = [];
    page.on('websocket', (socket) => sockets.push(socket));
    await open(reactPage());
    await shows('open');
    const next = page.waitForEvent('websocket', (socket) => socket.url().endsWith('?next'));
    await show('/live?next');
    await next;
    await shows('open');
    await show(null);
    for (const socket of sockets) if (!socket.isClosed()) await socket.waitForEvent('close');
    expect(await page.locator('output').count()).toBe(0);
    expect(sockets.at(-1)?.url()).toBe(`${app.url.replace('http', 'ws')}/live?next`);
  });

  it('break nothing in the page', () => {
    expect(problems).toEqual([]);
  });
});
