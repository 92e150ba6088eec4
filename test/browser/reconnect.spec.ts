import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.js';
import { Demo } from '../support/demo.js';
import { stopProcesses } from '../support/process.js';

const STATUSES = ['liveblog-status', 'archives-status', 'status'];

describe('a page whose server restarts', () => {
  let browser: Browser;
  let demo: Demo;
  let page: Page;

  beforeAll(async () => {
    [demo, browser] = await Promise.all([Demo.start(), launchBrowser()]);
    page = await browser.newPage();
    await page.goto(`${demo.url}/?name=Ada`);
    await page.getByTestId('join').click();
  });

  afterAll(async () => {
    await browser?.close();
    await stopProcesses();
  });

  const show = (text: string): Promise<void[]> =>
    Promise.all(STATUSES.map((status) => page.getByTestId(status).getByText(text).waitFor()));

  it('says so, comes back by itself and goes on', async () => {
    await show('connected');
    await demo.stop();
    await show('reconnecting');
    await page.getByTestId('publish').click();
    await page.getByTestId('post-result').getByText('The server cannot be reached.').waitFor();
    await demo.startAgain();
    await show('connected');
    await page.getByTestId('people').getByText('1 here: Ada').waitFor();
    await page.getByTestId('post-text').fill('We are back.');
    await page.getByTestId('publish').click();
    await page.getByTestId('post').getByText('We are back.').waitFor();
  });
});
