import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { selfSigned } from '../support/certificate.js';
import { take, TestRedis } from '../../libs/redis/test/support/layers.js';
import { freePorts } from '../../libs/redis/test/support/redis-process.js';

const { key, cert } = selfSigned('localhost');
const folder = mkdtempSync(join(tmpdir(), 'nest-channels-tls-'));
let redis: TestRedis;
let url: string;

beforeAll(async () => {
  const [port] = await freePorts(1);
  url = `rediss://localhost:${port}`;
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  writeFileSync(keyFile, key);
  writeFileSync(certFile, cert);
  const files = ['--tls-cert-file', certFile, '--tls-key-file', keyFile];
  const server = ['--tls-port', `${port}`, '--tls-auth-clients', 'no'];
  redis = await TestRedis.start(...server, ...files, '--tls-ca-cert-file', certFile);
});
afterEach(() => redis.closeLayers());
afterAll(async () => {
  await redis.stop();
  rmSync(folder, { recursive: true });
});

describe('a layer over TLS', () => {
  it('carries messages to a server whose certificate is trusted', async () => {
    const [server, worker] = [1, 2].map(() => redis.layer({ url, tls: { ca: cert } }));
    await worker.send('jobs', { id: 1 });
    expect((await take(server, ['jobs']))[0].content).toEqual({ id: 1 });
  });

  it.each([
    ['that nobody trusts', undefined],
    ['of another authority', selfSigned('localhost').cert],
  ])('refuses a certificate %s, and says so to every call', async (_, ca) => {
    const layer = redis.layer({ url, ...(ca && { tls: { ca } }) });
    const untrusted = {
      code: 'CHANNELS_REDIS_UNTRUSTED',
      message: expect.stringMatching(/self.signed|unable to verify/),
    };
    await expect(layer.connected()).rejects.toMatchObject(untrusted);
    await expect(layer.send('jobs', {})).rejects.toMatchObject(untrusted);
  });

  it('refuses a certificate for another name', async () => {
    const layer = redis.layer({ url: url.replace('localhost', '127.0.0.1'), tls: { ca: cert } });
    await expect(layer.connected()).rejects.toMatchObject({ code: 'CHANNELS_REDIS_UNTRUSTED' });
  });
});
