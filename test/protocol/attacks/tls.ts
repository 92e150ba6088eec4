import type { TLSSocket } from 'node:tls';
import { selfSigned } from '../../support/certificate.js';
import type { Attack } from '../support/attack.js';
import { handshake, ProtocolClient } from '../support/protocol-client.js';
import type { TlsOptions } from '../support/served-app.js';
import { closing, liveness, type Target } from '../support/target.js';

/** Is a server for localhost whose callback for names fails in two ways on those of others. */
export function hostileToOthers(): TlsOptions {
  return {
    ...selfSigned(),
    SNICallback: (name, done) => {
      if (name === 'throws.example') throw new Error('thrown for a name');
      done(new Error(`unknown name ${name}`));
    },
  };
}

/** Are attacks on TLS: M13. */
export const tls: readonly Attack[] = [
  cutOff('a name that the server does not know', (target) => named(target, 'unknown.example')),
  cutOff('a name for which the callback of the server throws', (target) =>
    named(target, 'throws.example'),
  ),
  cutOff('HTTP in clear', async (target) => {
    const client = await ProtocolClient.connect(target.served.port);
    client.write(handshake('/echo'));
    return client;
  }),
  cutOff('half a TLS record', async (target) => {
    const client = await ProtocolClient.connect(target.served.port);
    client.write(Buffer.from('160301ffff0100', 'hex'));
    client.socket.end();
    return client;
  }),
  cutOff('ten renegotiations', renegotiating),
  {
    id: 'M13',
    attack: 'no name',
    expected: 'stays open',
    run: async (target) => liveness(await target.open('/echo')),
  },
];

function cutOff(attack: string, connect: (target: Target) => Promise<ProtocolClient>): Attack {
  return {
    id: 'M13',
    attack: `${attack}, over TLS`,
    expected: 'cut off',
    run: async (target) => closing(await connect(target)),
  };
}

function named({ served }: Target, servername: string): Promise<ProtocolClient> {
  return ProtocolClient.connectTls(served.port, { servername, rejectUnauthorized: false });
}

async function renegotiating({ served }: Target): Promise<ProtocolClient> {
  const options = { maxVersion: 'TLSv1.2', rejectUnauthorized: false } as const;
  const client = await ProtocolClient.connectTls(served.port, options);
  client.write(handshake('/echo'));
  await client.answer();
  for (let count = 0; count < 10 && !client.isOver; count++) {
    await Promise.race([renegotiated(client.socket as TLSSocket), client.ended]);
  }
  return client;
}

function renegotiated(socket: TLSSocket): Promise<unknown> {
  return new Promise((resolve) => {
    if (socket.renegotiate({ rejectUnauthorized: false }, resolve) !== true) resolve(undefined);
  });
}
