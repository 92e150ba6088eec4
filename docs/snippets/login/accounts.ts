import type { INestApplication } from '@nestjs/common';
import session from 'express-session';
import passport from 'passport';

export interface User {
  readonly name: string;
}

// In production: a store that lasts and that all processes share, and a secret nobody knows.
export const store = new session.MemoryStore();
export const secret = process.env['SESSION_SECRET'] ?? 'only for this example';

export const accounts = new passport.Passport();
accounts.serializeUser((user, done) => done(null, (user as User).name));
accounts.deserializeUser<string>((name, done) => done(null, { name }));

export function useAccounts(app: INestApplication) {
  app.use(session({ store, secret, resave: false, saveUninitialized: false }));
  app.use(accounts.session());
}
