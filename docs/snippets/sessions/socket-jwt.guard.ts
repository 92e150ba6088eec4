import { type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import { handshakeRequest } from '@nest-channels/sessions';
import { ChannelsExecutionContext } from 'nest-channels';
import { ExtractJwt, Strategy } from 'passport-jwt';

/** Is an ordinary strategy of passport: controllers use it too. */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  constructor() {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKey: process.env['JWT_SECRET'] ?? 'only for this example',
    });
  }

  validate(claims: { sub: string; name: string }) {
    return { id: claims.sub, name: claims.name };
  }
}

/** Asks that strategy about a handshake: 401 before the upgrade, or message.user. */
@Injectable()
export class SocketJwtGuard extends AuthGuard('jwt') {
  override getRequest(context: ExecutionContext) {
    return handshakeRequest(ChannelsExecutionContext.create(context).getMessage());
  }

  getResponse() {
    return {};
  }
}
