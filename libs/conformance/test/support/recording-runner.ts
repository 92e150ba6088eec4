import type { ConformanceRunner } from '../../src/index.js';

/** Is a test that a runner was given, with the titles around it. */
interface Registered {
  readonly title: string;
  readonly body: () => Promise<void>;
}

/** Is a runner that keeps the tests it is given and runs them when asked. */
export class RecordingRunner implements ConformanceRunner {
  readonly skipped: string[] = [];
  readonly #registered: Registered[] = [];
  #theme = '';

  readonly describe = (title: string, body: () => void): void => {
    this.#theme = title;
    body();
  };

  readonly it = Object.assign(
    (title: string, body: () => Promise<void>): void => {
      this.#registered.push({ title: `${this.#theme}: ${title}`, body });
    },
    { skip: (title: string): void => void this.skipped.push(`${this.#theme}: ${title}`) },
  );

  get titles(): string[] {
    return this.#registered.map(({ title }) => title);
  }

  /** Runs the tests of one theme, or all, and returns what failed: title and error. */
  async failures(theme = ''): Promise<Map<string, unknown>> {
    const failed = new Map<string, unknown>();
    for (const { title, body } of this.#registered) {
      if (theme !== '' && !title.startsWith(`${theme}: `)) continue;
      await body().catch((error: unknown) => failed.set(title, error));
    }
    return failed;
  }
}
