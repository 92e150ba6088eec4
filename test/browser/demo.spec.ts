import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.js';
import { freePort, NodeProcess, stopProcesses } from '../support/process.js';

let browser: Browser;
let url: string;
const problems: string[] = [];

beforeAll(async () => {
  const port = await freePort();
  url = `http://localhost:${port}`;
  const demo = new NodeProcess('apps/demo/dist/main.js', { PORT: String(port) });
  browser = await launchBrowser();
  await demo.printed(`Open ${url}`);
}, 30_000);

afterAll(async () => {
  await browser?.close();
  await stopProcesses();
});

async function openTab(query = ''): Promise<Page> {
  const page = await browser.newPage();
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  await page.goto(url + query);
  return page;
}

async function join(page: Page): Promise<void> {
  await page.getByTestId('join').click();
  await page.getByTestId('status').getByText('connected', { exact: true }).waitFor();
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByTestId('text').fill(text);
  await page.getByTestId('text').press('Enter');
}

const lines = (page: Page): Promise<string[]> =>
  page
    .getByTestId('message')
    .evaluateAll((messages) =>
      messages.map((message) =>
        ['.user', '.text'].map((part) => message.querySelector(part)?.textContent).join(': '),
      ),
    );

describe('the demo in a browser', () => {
  it('lets two tabs talk in a room', async () => {
    const [ada, bob] = [await openTab('/?name=ada'), await openTab('/?name=bob')];
    await join(ada);
    await join(bob);
    await say(ada, 'hello <b>bob</b>');
    await bob.getByText('hello <b>bob</b>').waitFor();
    await say(bob, 'hello ada');
    await ada.getByText('hello ada').waitFor();
    const conversation = ['ada: hello <b>bob</b>', 'bob: hello ada'];
    expect(await lines(ada)).toEqual(conversation);
    expect(await lines(bob)).toEqual(conversation);
  });

  it('keeps rooms apart and stops listening when it leaves', async () => {
    const [ada, bob] = [await openTab('/?name=ada&room=a'), await openTab('/?name=bob&room=b')];
    await join(ada);
    await join(bob);
    await say(ada, 'only here');
    await ada.getByText('only here').waitFor();
    await say(bob, 'over there');
    await bob.getByText('over there').waitFor();
    expect(await lines(bob)).toEqual(['bob: over there']);
    await ada.getByTestId('join').click();
    await ada.getByTestId('status').getByText('not joined', { exact: true }).waitFor();
  });

  it('echoes a text, 500 frames at once and bytes', async () => {
    const page = await openTab();
    await page.getByTestId('echo-input').fill('ping');
    await page.getByTestId('echo-send').click();
    await page.getByTestId('echo-output').getByText('ping').waitFor();
    await page.getByTestId('echo-burst').click();
    await page.getByTestId('echo-burst-result').getByText('500 of 500 back, in order').waitFor();
    await page.getByTestId('echo-binary').click();
    await page.getByTestId('echo-binary-result').getByText('identical').waitFor();
  });

  it('reports no error in the console', () => {
    expect(problems).toEqual([]);
  });
});
