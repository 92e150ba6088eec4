import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.js';
import { Demo } from '../support/demo.js';
import { stopProcesses } from '../support/process.js';

let browser: Browser;
let demo: Demo;
const problems: string[] = [];

beforeAll(async () => {
  [demo, browser] = await Promise.all([Demo.start(), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await stopProcesses();
});

async function openTab(query = '', options: Parameters<Browser['newPage']>[0] = {}): Promise<Page> {
  const page = await browser.newPage(options);
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  await page.goto(demo.url + query);
  await connected(page, 'liveblog-status');
  await connected(page, 'archives-status');
  return page;
}

async function connected(page: Page, status: string): Promise<void> {
  await page.getByTestId(status).getByText('connected', { exact: true }).waitFor();
}

async function join(page: Page): Promise<void> {
  await page.getByTestId('join').click();
  await connected(page, 'status');
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByTestId('text').fill(text);
  await page.getByTestId('text').press('Enter');
}

async function publish(page: Page, text: string): Promise<void> {
  await page.getByTestId('post-text').fill(text);
  await page.getByTestId('publish').click();
}

const shows = (root: Page | Locator, text: string): Promise<void> =>
  root.getByText(text, { exact: true }).waitFor();

const lines = (page: Page): Promise<string[]> =>
  page
    .getByTestId('message')
    .evaluateAll((messages) =>
      messages.map((message) =>
        ['.user', '.text'].map((part) => message.querySelector(part)?.textContent).join(': '),
      ),
    );

describe('the chat', () => {
  it('lets two tabs talk in a room', async () => {
    const [ada, bob] = [await openTab('/?name=ada'), await openTab('/?name=bob')];
    await join(ada);
    await join(bob);
    await say(ada, 'hello <b>bob</b>');
    await shows(bob, 'hello <b>bob</b>');
    await say(bob, 'hello ada');
    await shows(ada, 'hello ada');
    const conversation = ['ada: hello <b>bob</b>', 'bob: hello ada'];
    expect(await lines(ada)).toEqual(conversation);
    expect(await lines(bob)).toEqual(conversation);
    await Promise.all([ada.close(), bob.close()]);
  });

  it('keeps rooms apart and stops listening when it leaves', async () => {
    const [ada, bob] = [await openTab('/?name=ada&room=a'), await openTab('/?name=bob&room=b')];
    await join(ada);
    await join(bob);
    await say(ada, 'only here');
    await shows(ada, 'only here');
    await say(bob, 'over there');
    await shows(bob, 'over there');
    expect(await lines(bob)).toEqual(['bob: over there']);
    await ada.getByTestId('join').click();
    await shows(ada.getByTestId('status'), 'not joined');
    await Promise.all([ada.close(), bob.close()]);
  });

  it('tells who comes and goes', async () => {
    const query = 'room=hall';
    const [ada, bob] = [await openTab(`/?name=Ada&${query}`), await openTab(`/?name=Bob&${query}`)];
    await join(ada);
    await join(bob);
    await shows(ada.getByTestId('notice'), 'Bob joined');
    await shows(ada.getByTestId('people'), '2 here: Ada, Bob');
    await bob.close();
    await shows(ada.getByTestId('notice'), 'Bob left');
    await shows(ada.getByTestId('people'), '1 here: Ada');
    await ada.close();
  });

  it('brings back who reloads, and leaves no ghost', async () => {
    const ada = await openTab('/?name=Ada&room=loft');
    const bob = await openTab('/?name=Bob&room=loft');
    await join(ada);
    await join(bob);
    await shows(ada.getByTestId('people'), '2 here: Ada, Bob');
    await bob.getByTestId('name').evaluate(() => history.replaceState(null, '', '/'));
    await bob.reload();
    await connected(bob, 'status');
    expect(await bob.getByTestId('name').inputValue()).toBe('Bob');
    await say(bob, 'back again');
    await shows(ada, 'back again');
    await shows(ada.getByTestId('people'), '2 here: Ada, Bob');
    await Promise.all([ada.close(), bob.close()]);
  });
});

describe('the liveblog', () => {
  it('shows posts, changes and deletions in both tabs, newest first', async () => {
    const [editor, reader] = [await openTab(), await openTab()];
    await shows(editor.getByTestId('readers'), '2 readers');
    await publish(editor, 'Doors are open');
    await publish(editor, 'The first talk <i>starts</i>');
    await shows(reader, 'The first talk <i>starts</i>');
    const texts = reader.getByTestId('post').locator('.text');
    expect(await texts.allTextContents()).toEqual([
      'The first talk <i>starts</i>',
      'Doors are open',
    ]);
    await editor.getByLabel('Edit “Doors are open”').click();
    await publish(editor, 'Doors are closed');
    await shows(reader, 'Doors are closed');
    expect(await texts.count()).toBe(2);
    await editor.getByLabel('Delete “Doors are closed”').click();
    for (const page of [reader, editor]) {
      await page.getByText('Doors are closed').waitFor({ state: 'detached' });
    }
    expect(await editor.evaluate(() => document.activeElement?.ariaLabel)).toContain('Posts');
    await reader.close();
    await shows(editor.getByTestId('readers'), '1 reader');
    await editor.close();
  });
});

/** Writes down, in the page, each text that the first item of a list has shown. */
async function record(list: Locator): Promise<() => Promise<string[]>> {
  const shown = await list.evaluateHandle((element) => {
    const texts: string[] = [];
    const options = { childList: true, subtree: true };
    const note = (): unknown => texts.push(element.firstElementChild?.textContent ?? '');
    new MutationObserver(note).observe(element, options);
    return texts;
  });
  return () => shown.jsonValue();
}

describe('the background job', () => {
  it('shows each step in both tabs', async () => {
    const [page, other] = [await openTab(), await openTab()];
    const recorded = [
      await record(page.getByTestId('jobs')),
      await record(other.getByTestId('jobs')),
    ];
    await page.getByTestId('job-start').click();
    for (const [index, tab] of [page, other].entries()) {
      await tab.getByText(/^30 days: 2,\d+ kB became \d+ kB$/).waitFor();
      const steps = (await recorded[index]()).filter((text) => text.startsWith('day '));
      expect(steps).toEqual(Array.from({ length: 30 }, (_, day) => `day ${day} of 30`));
    }
    await Promise.all([page.close(), other.close()]);
  });

  it('is shown after a reload too, with the reason why it failed', async () => {
    const page = await openTab();
    const answer = page.waitForResponse('**/archives');
    await page.getByTestId('job-fail').click();
    expect((await answer).status()).toBe(202);
    await page.reload();
    await shows(page, 'The log of day 12 is damaged.');
    await page.close();
  });
});

describe('the echo', () => {
  it('brings back a text, 500 frames at once and bytes', async () => {
    const page = await openTab();
    await page.getByTestId('echo-input').fill('ping');
    await page.getByTestId('echo-send').click();
    await page.getByTestId('echo-output').getByText('ping').waitFor();
    await page.getByTestId('echo-burst').click();
    await page.getByTestId('echo-burst-result').getByText('500 of 500 back, in order').waitFor();
    await page.getByTestId('echo-binary').click();
    await page.getByTestId('echo-binary-result').getByText('identical').waitFor();
    await page.close();
  });
});

describe('the page', () => {
  it.each(['light', 'dark'] as const)(
    'fits a phone of 360 px, %s, with controls of 44 px',
    async (colorScheme) => {
      const phone = await openTab(`/?name=${'a'.repeat(40)}&room=${'b'.repeat(60)}`, {
        colorScheme,
        viewport: { width: 360, height: 740 },
      });
      await join(phone);
      await say(phone, 'c'.repeat(80));
      await phone.getByTestId('message').waitFor();
      await publish(phone, colorScheme.repeat(20));
      await shows(phone.getByTestId('posts'), colorScheme.repeat(20));
      await phone.getByTestId('post-text').fill('e'.repeat(80));
      expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
      const controls = phone.locator('button:visible, input:visible, textarea:visible, nav a');
      const heights = await controls.evaluateAll((elements) =>
        elements.map((element) => element.getBoundingClientRect().height),
      );
      expect(Math.min(...heights)).toBeGreaterThanOrEqual(44);
      await phone.close();
    },
  );

  it('names its fields, buttons and panels', async () => {
    const page = await openTab();
    for (const name of ['Liveblog', 'Background job', 'Chat', 'Echo']) {
      expect(await page.getByRole('region', { name, exact: true }).count()).toBe(1);
    }
    for (const name of ['Post', 'Name', 'Room', 'Message', 'Text to echo']) {
      expect(await page.getByRole('textbox', { name, exact: true }).count()).toBe(1);
    }
    await page.close();
  });

  it('reports no error in the console', () => {
    expect(problems).toEqual([]);
  });
});

describe('what goes wrong', () => {
  it('is said on the page: a post that is refused', async () => {
    const page = await browser.newPage();
    await page.goto(demo.url);
    await connected(page, 'liveblog-status');
    await publish(page, '  ');
    await shows(page.getByTestId('post-result'), '400: A post needs some text.');
    await page.close();
  });
});
