import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.js';
import { Demo } from '../support/demo.js';
import { stopProcesses } from '../support/process.js';

let browser: Browser;
let demo: Demo;

beforeAll(async () => {
  [demo, browser] = await Promise.all([Demo.start(), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await stopProcesses();
});

/** Opens the page in a window of its own; windows of one context share their cookies. */
async function openPage(context?: BrowserContext): Promise<Page> {
  const page = await (context ?? (await browser.newContext())).newPage();
  await page.goto(`${demo.url}/letters.html`);
  return page;
}

async function logIn(name: string): Promise<Page> {
  const page = await openPage();
  await page.getByTestId('faces').getByRole('button', { name }).click();
  await connected(page);
  return page;
}

async function connected(page: Page): Promise<void> {
  await page.getByTestId('letters-status').getByText('connected', { exact: true }).waitFor();
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByTestId('text').fill(text);
  await page.getByTestId('text').press('Enter');
  await page.getByTestId('messages').getByText(text, { exact: true }).waitFor();
}

describe('the page of the first letters', () => {
  it('lets people talk to those with their letter, and to nobody else', async () => {
    const [ada, alan, grace] = [await logIn('Ada'), await logIn('Alan'), await logIn('Grace')];
    await say(grace, 'hello g');
    await say(ada, 'hello a');
    await alan.getByTestId('messages').getByText('hello a', { exact: true }).waitFor();
    expect(await alan.getByText('hello g').count()).toBe(0);
    expect(await grace.getByText('hello a').count()).toBe(0);
    await Promise.all([ada, alan, grace].map((page) => page.context().close()));
  });

  it('closes the socket of a window at once when another one logs out', async () => {
    const first = await logIn('Ada');
    const second = await openPage(first.context());
    await connected(second);
    await second.getByTestId('log-out').click();
    for (const page of [first, second]) {
      await page.getByText('You were logged out').waitFor();
    }
    await first.context().close();
  });

  it('refuses a wrong password', async () => {
    const page = await openPage();
    await page.getByTestId('login-name').fill('Ada');
    await page.getByTestId('login-password').fill('guess');
    await page.getByTestId('log-in').click();
    await page.getByText('No such name and password.').waitFor();
    await page.context().close();
  });
});
