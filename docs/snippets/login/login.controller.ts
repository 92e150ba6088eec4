import {
  Body,
  Controller,
  Delete,
  HttpCode,
  Post,
  Req,
  UnauthorizedException,
} from '@nestjs/common';
import type { Request } from 'express';
import { promisify } from 'node:util';

@Controller('login')
export class LoginController {
  @Post()
  @HttpCode(204)
  async login(@Req() request: Request, @Body() given: { name: string; password: string }) {
    if (given.password !== 'open sesame') throw new UnauthorizedException();
    await promisify(request.logIn.bind(request) as LogIn)({ name: given.name });
  }

  @Delete()
  @HttpCode(204)
  async logout(@Req() request: Request) {
    await promisify(request.session.destroy.bind(request.session))();
  }
}

type LogIn = (user: object, done: (error: unknown) => void) => void;
