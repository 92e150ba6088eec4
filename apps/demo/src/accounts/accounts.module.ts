import { type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { SessionsModule } from '@nest-channels/sessions';
import session from 'express-session';
import passport from 'passport';
import { Strategy } from 'passport-local';
import { AccountsController } from './accounts.controller.js';
import { People } from './people.js';
import { SessionStore } from './session-store.js';

const secret = process.env['SESSION_SECRET'] ?? 'the demo has no secrets worth keeping';

@Module({
  providers: [
    People,
    { provide: SessionStore, useFactory: () => new SessionStore(process.env['REDIS_URL']) },
  ],
  exports: [People, SessionStore],
})
class PeopleModule {}

/** Lets people log in, and sockets know who did: both share one store of sessions. */
@Module({
  imports: [
    PeopleModule,
    SessionsModule.forRootAsync({
      imports: [PeopleModule],
      inject: [SessionStore],
      useFactory: ({ store, locks }: SessionStore) => ({ store, locks, secret }),
    }),
  ],
  controllers: [AccountsController],
})
export class AccountsModule implements NestModule {
  constructor(
    people: People,
    private readonly sessions: SessionStore,
  ) {
    passport.use(
      new Strategy((name, password, done) => done(null, people.check(name, password) ?? false)),
    );
    passport.serializeUser<string>((user, done) => done(null, (user as { id: string }).id));
    passport.deserializeUser<string>((id, done) => done(null, people.byId(id) ?? false));
  }

  configure(consumer: MiddlewareConsumer): void {
    const { store } = this.sessions;
    const cookie = { sameSite: 'lax', httpOnly: true } as const;
    const options = { store, secret, cookie, resave: false, saveUninitialized: false };
    consumer.apply(session(options), passport.session()).forRoutes(AccountsController);
    consumer.apply(passport.authenticate('local')).forRoutes('accounts/login');
  }
}
