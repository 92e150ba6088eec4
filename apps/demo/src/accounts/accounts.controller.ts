import { promisify } from 'node:util';
import { Controller, Get, HttpCode, Post, Req } from '@nestjs/common';
import { type Person, People } from './people.js';

/** Is a request behind the middleware of express-session and passport. */
interface AccountRequest {
  readonly user?: Person;
  logout(done: (error?: unknown) => void): void;
}

/** Tells who can log in and who has; the page of the first letters asks. */
@Controller('accounts')
export class AccountsController {
  constructor(private readonly people: People) {}

  @Get()
  list(): { people: readonly Person[] } {
    return { people: this.people.list() };
  }

  @Get('me')
  me(@Req() { user }: AccountRequest): { person: Person | null } {
    return { person: user ?? null };
  }

  /** Is behind passport, which has checked the password and begun a session. */
  @Post('login')
  @HttpCode(200)
  login(@Req() { user }: AccountRequest): { person: Person | null } {
    return { person: user ?? null };
  }

  /** Ends the session, and with it every socket of the browser. */
  @Post('logout')
  @HttpCode(204)
  async logout(@Req() request: AccountRequest): Promise<void> {
    await promisify(request.logout.bind(request))();
  }
}
