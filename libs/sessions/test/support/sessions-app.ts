import type { AddressInfo } from 'node:net';
import { type INestApplication, Logger, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import session from 'express-session';
import type { Request, Response } from 'express';
import { ChannelsModule, type ChannelsModuleOptions } from 'nest-channels';
import { SessionsModule, type SessionsModuleOptions } from '@nest-channels/sessions';
import passport from 'passport';
import { BrowserSession } from './browser-session.js';
import { CountingStore } from './counting-store.js';

export const SECRET = 'a secret of the tests, not of anybody else';

/** Is a user of the tests. */
export interface Person {
  readonly id: string;
  readonly name: string;
}

export interface SessionsAppParts {
  readonly consumers: Type[];
  readonly controllers?: Type[];
  readonly sessions?: Partial<SessionsModuleOptions>;
  readonly channels?: ChannelsModuleOptions;
}

const running = new Set<SessionsApp>();

/** Is an application with logins by express-session and passport, and with channels beside it. */
export class SessionsApp {
  /** Are the users that can log in and are known; remove one and it is gone. */
  readonly people = new Map<string, Person>();
  readonly passport = new passport.Passport();
  readonly lines: string[] = [];
  app: INestApplication;
  readonly #browsers: BrowserSession[] = [];
  #readers: (() => void)[] = [];

  private constructor(
    private readonly parts: SessionsAppParts,
    readonly store: CountingStore,
  ) {
    for (const name of ['ada', 'bob', 'eve'])
      this.people.set(`id-${name}`, { id: `id-${name}`, name });
    this.passport.serializeUser((user, done) => done(null, (user as Person).id));
    this.passport.deserializeUser<string>((id, done) => done(null, this.people.get(id) ?? false));
  }

  static async start(parts: SessionsAppParts): Promise<SessionsApp> {
    const given = parts.sessions?.store;
    const store = given instanceof CountingStore ? given : new CountingStore();
    const started = new SessionsApp(parts, store);
    running.add(started);
    await started.#start();
    return started;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.app.getHttpServer().address() as AddressInfo).port}`;
  }

  /** Opens a browser, logged in as somebody if a name is given. */
  async browser(name?: string): Promise<BrowserSession> {
    const browser = new BrowserSession(this.url);
    this.#browsers.push(browser);
    if (name) await browser.visit(`/login?id=id-${name}`);
    return browser;
  }

  /** Resolves when a line with this text has been logged. */
  async logged(text: string): Promise<void> {
    while (!this.lines.some((line) => line.includes(text))) {
      await new Promise<void>((resolve) => this.#readers.push(resolve));
    }
  }

  async stop(): Promise<void> {
    running.delete(this);
    await Promise.all(this.#browsers.map((browser) => browser.leave()));
    await this.app?.close();
  }

  async #start(): Promise<void> {
    this.app = await NestFactory.create(this.#module(), { logger: false, abortOnError: false });
    Logger.overrideLogger({
      log: (line: unknown) => this.#keep(line),
      debug: (line: unknown) => this.#keep(line),
      warn: (line: unknown) => this.#keep(line),
      error: (line: unknown) => this.#keep(line),
    });
    const { cookieName: name, secret = SECRET } = this.parts.sessions ?? {};
    const store = this.parts.sessions?.store ?? this.store;
    this.app.use(session({ store, secret, name, resave: false, saveUninitialized: false }));
    this.app.use(this.passport.session());
    this.app.use('/login', (request: Request, response: Response) =>
      this.#login(request, response),
    );
    this.app.use('/logout', (request: Request, response: Response) =>
      request.logout(() => response.sendStatus(204)),
    );
    this.app.use('/visit', (request: Request, response: Response) => {
      Object.assign(request.session, request.query);
      response.json(request.session);
    });
    await this.app.listen(0, '127.0.0.1');
  }

  #keep(line: unknown): void {
    this.lines.push(String(line));
    for (const tell of this.#readers.splice(0)) tell();
  }

  #login(request: Request, response: Response): void {
    const person = this.people.get(request.query['id'] as string);
    if (!person) return void response.sendStatus(401);
    request.logIn(person, () => response.sendStatus(204));
  }

  #module(): Type {
    const { consumers, controllers = [], channels, sessions } = this.parts;
    const options = { store: this.store, secret: SECRET, passport: this.passport, ...sessions };
    @Module({
      imports: [ChannelsModule.forRoot(channels), SessionsModule.forRoot(options)],
      providers: consumers,
      controllers,
    })
    class AppModule {}
    return AppModule;
  }
}

/** Stops what a test left running; for `afterEach`. */
export async function stopSessionsApps(): Promise<void> {
  await Promise.all([...running].map((app) => app.stop()));
}
