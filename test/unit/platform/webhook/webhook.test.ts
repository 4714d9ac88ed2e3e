import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { parseConfig } from '../../../../services/platform/config.ts';
import { addressGuard } from '../../../../services/platform/webhook/address.ts';
import type { AddressGuard } from '../../../../services/platform/webhook/address.ts';
import { createWebhookClient } from '../../../../services/platform/webhook/client.ts';
import type { Resolve } from '../../../../services/platform/webhook/guarded-lookup.ts';
import { secretFault, secretsFrom } from '../../../../services/platform/webhook/secret.ts';
import {
  parseWebhookSecret,
  webhookHeaders,
} from '../../../../services/platform/webhook/signature.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const guardOf = (...allowed: readonly string[]): AddressGuard => {
  const guard = addressGuard(allowed);
  if (!guard.ok) throw new Error(guard.error);
  return guard.value;
};

describe('signatures', () => {
  const key = parseWebhookSecret(SECRET);

  test('equal the vector of the standard', () => {
    const message = {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      timestampS: 1614265330,
      body: '{"test": 2432232314}',
    };
    if (!key.ok) throw new Error(key.error);
    expect(webhookHeaders([key.value], message)).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  test("are taken by the standard's own library, Chinese text included", () => {
    if (!key.ok) throw new Error(key.error);
    const body = '{"name":"销售净额"}';
    const headers = webhookHeaders([key.value], {
      id: 'msg_1',
      timestampS: Math.floor(Date.now() / 1000),
      body,
    });
    expect(new Webhook(SECRET).verify(body, { ...headers })).toEqual({ name: '销售净额' });
  });

  test.each([
    ['MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'does not begin with whsec_'],
    ['whsec_***', 'not base64'],
    ['whsec_c2hvcnQ=', '5 bytes'],
  ])('a faulty secret is told by what is wrong, not by what it is: %s', (secret, why) => {
    const parsed = parseWebhookSecret(secret);
    expect(parsed).toMatchObject({ ok: false, error: expect.stringContaining(why) });
    expect(JSON.stringify(parsed)).not.toContain(secret.slice(6));
  });
});

describe('secrets', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-secrets-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const places = {
    TIDEMARK_SECRETS_DIR: ['/run/secrets', folder],
    TIDEMARK_SECRETS_ENV: ['OPS_HOOK', 'SECRET_*'],
  };
  const read = secretsFrom({ OPS_HOOK: SECRET, SECRET_A: 'a', HOME: '/root' }, places);

  test('are read where the operator has put them', () => {
    writeFileSync(join(folder, 'hook'), `${SECRET}\n`);
    for (const ref of [{ env: 'OPS_HOOK' }, { file: join(folder, 'hook') }])
      expect(read(ref)).toEqual({ ok: true, value: SECRET });
    expect(read({ env: 'SECRET_A' })).toEqual({ ok: true, value: 'a' });
    expect(read({ env: 'SECRET_B' })).toEqual({
      ok: false,
      error: 'the environment variable SECRET_B is not set',
    });
  });

  test.each([
    { env: 'HOME' },
    { env: 'OPS_HOOK_2' },
    { env: 'XSECRET_A' },
    { file: '/etc/passwd' },
    { file: '/run/secrets/../../etc/passwd' },
    { file: '/run/secrets/kubernetes.io/token' },
    { file: '/run/secrets' },
    { file: `${folder}-else/hook` },
    { file: 'package.json' },
  ])('are read nowhere else, and the setting is named that would allow it: %j', (ref) => {
    const { error } = read(ref) as { error: string };
    expect(error).toMatch(
      'env' in ref
        ? /^no definition may read .*: TIDEMARK_SECRETS_ENV/
        : /^no definition may read .*: TIDEMARK_SECRETS_DIR/,
    );
  });

  test('are read at the path that was judged, wherever a link on it leads', () => {
    mkdirSync(join(folder, 'else', 'deep'), { recursive: true });
    writeFileSync(join(folder, 'else', 'hook'), 'not to be read');
    symlinkSync(join(folder, 'else', 'deep'), join(folder, 'link'));
    writeFileSync(join(folder, 'hook'), SECRET);
    expect(read({ file: `${folder}/link/../hook` })).toEqual({ ok: true, value: SECRET });
  });

  test('are read anywhere where the operator says nothing of it', () => {
    const any = parseConfig({});
    if (!any.ok) throw new Error('the defaults are valid');
    expect(secretFault({ env: 'HOME' }, any.value)).toBeUndefined();
    expect(secretFault({ env: 'TIDEMARK_LINK_SECRET' }, any.value)).toBeDefined();
    expect(secretFault({ file: '/etc/passwd' }, any.value)).toBeUndefined();
  });

  test('of the project lie below the folder where it is started', () => {
    const own = { ...places, TIDEMARK_SECRETS_DIR: ['.tidemark/secrets'] };
    expect(secretFault({ file: '.tidemark/secrets/hook' }, own)).toBeUndefined();
    expect(secretFault({ file: resolve('.tidemark/secrets/hook') }, own)).toBeUndefined();
    expect(secretFault({ file: '.tidemark/link-secret' }, own)).toBeDefined();
  });

  test('that are missing and that cannot be read are one sentence', () => {
    mkdirSync(join(folder, 'a-folder'));
    for (const name of ['missing', 'a-folder']) {
      const file = join(folder, name);
      const error = `the secret file ${file} is missing or cannot be read`;
      expect(read({ file })).toEqual({ ok: false, error });
    }
  });
});

describe('addresses', () => {
  test.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:a9fe:a9fe',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'fe80::1%eth0',
    'no address',
  ])('%s is refused', (address) => {
    expect(guardOf().allows(address)).toBe(false);
  });

  test.each(['8.8.8.8', '93.184.216.34', '2606:4700:4700::1111', '::ffff:8.8.8.8'])(
    '%s is allowed',
    (address) => {
      expect(guardOf().allows(address)).toBe(true);
    },
  );

  test('a named range opens itself and nothing else', () => {
    const guard = guardOf('10.0.0.0/8', 'fd00::/8', '192.168.1.7');
    expect(['10.9.9.9', 'fd12::1', '192.168.1.7', '::ffff:10.0.0.1'].every(guard.allows)).toBe(
      true,
    );
    expect(['11.0.0.1', '127.0.0.1', '192.168.1.8'].map(guard.isNamed)).toEqual([
      false,
      false,
      false,
    ]);
  });

  test.each(['10.0.0.0/33', 'ten', '10.0.0.0/8/8', '10.0.0.0/x', 'fd00::/129'])(
    '%s is no range',
    (range) => {
      expect(addressGuard([range]).ok).toBe(false);
    },
  );
});

describe('a request', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });
  const serve = async (listener: RequestListener): Promise<number> => {
    server = createServer(listener);
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  const resolvingTo = (...addresses: readonly string[]): Resolve =>
    ((_name: string, _options: object, callback: (error: null, found: object[]) => void) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      )) as unknown as Resolve;
  const post = (
    url: string,
    options: { allow?: string[]; resolve?: Resolve; timeoutMs?: number } = {},
  ) =>
    createWebhookClient(guardOf(...(options.allow ?? [])), options).post({
      url,
      headers: {},
      body: '{}',
    });

  test('reaches an allowed address by a name, and carries the body', async () => {
    const seen: string[] = [];
    const port = await serve((request, response) => {
      request.on('data', (part) => seen.push(String(part)));
      request.on('end', () => response.writeHead(200).end('thanks'));
    });
    const answer = await post(`http://hooks.test:${port}/`, {
      allow: ['127.0.0.0/8'],
      resolve: resolvingTo('127.0.0.1'),
    });
    expect(answer).toMatchObject({ kind: 'answered', status: 200, body: 'thanks' });
    expect(seen).toEqual(['{}']);
  });

  test.each([
    '127.0.0.1',
    '[::ffff:127.0.0.1]',
    '2130706433',
    '0x7f.1',
    '[::1]',
    '169.254.169.254',
  ])('to https://%s is refused without a connection', async (host) => {
    expect((await post(`https://${host}:1/`)).kind).toBe('refused');
  });

  test('to a name that resolves inside is refused', async () => {
    const answer = await post('https://metadata.test/', {
      resolve: resolvingTo('169.254.169.254'),
    });
    expect(answer).toMatchObject({
      kind: 'refused',
      detail: expect.stringContaining('169.254.169.254 is private'),
    });
  });

  test('to a name with good and bad addresses uses only the good', async () => {
    const port = await serve((_request, response) => response.end());
    const resolve = resolvingTo('10.0.0.1', '127.0.0.1');
    const answer = await post(`http://mixed.test:${port}/`, { allow: ['127.0.0.1'], resolve });
    expect(answer).toMatchObject({ kind: 'answered', status: 200 });
  });

  test('a name is judged anew at each connection, so one that flips gains nothing', async () => {
    const port = await serve((_request, response) => response.end());
    let calls = 0;
    const flipping = ((...args: Parameters<Resolve>) =>
      (calls++ === 0 ? resolvingTo('127.0.0.1') : resolvingTo('10.0.0.1'))(
        ...args,
      )) as unknown as Resolve;
    const client = createWebhookClient(guardOf('127.0.0.1'), { resolve: flipping });
    const call = { url: `http://flip.test:${port}/`, headers: {}, body: '{}' };
    expect((await client.post(call)).kind).toBe('answered');
    expect((await client.post(call)).kind).toBe('refused');
  });

  test('by plain http is refused outside named ranges', async () => {
    const answer = await post('http://hooks.test/', { resolve: resolvingTo('93.184.216.34') });
    expect(answer).toMatchObject({
      kind: 'refused',
      detail: expect.stringContaining('plain http'),
    });
  });

  test('is not redirected', async () => {
    let hits = 0;
    const port = await serve((_request, response) => {
      hits++;
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect(await post(`http://127.0.0.1:${port}/`, { allow: ['127.0.0.1'] })).toMatchObject({
      status: 302,
    });
    expect(hits).toBe(1);
  });

  test('reads only the beginning of an endless answer', async () => {
    const port = await serve((_request, response) => {
      const write = (): void => {
        while (!response.destroyed && response.write('x'.repeat(1024)));
      };
      response.on('drain', write);
      write();
    });
    const answer = await post(`http://127.0.0.1:${port}/`, { allow: ['127.0.0.1'] });
    expect(answer.kind === 'answered' && answer.body.length).toBe(4096);
  });

  test('that gets no answer fails in time, by its name', async () => {
    const port = await serve(() => undefined);
    const answer = await post(`http://127.0.0.1:${port}/`, { allow: ['127.0.0.1'], timeoutMs: 50 });
    expect(answer).toEqual({ kind: 'failed', detail: 'no answer within 50 ms' });
  });

  test('to nobody fails with the code alone: URLs may hold secrets', async () => {
    const answer = await post('http://127.0.0.1:1/secret-path', { allow: ['127.0.0.1'] });
    expect(answer).toEqual({ kind: 'failed', detail: 'ECONNREFUSED' });
  });

  test.each(['ftp://x/', 'nonsense', 'file:///etc/passwd'])('to %s is refused', async (url) => {
    expect((await post(url)).kind).toBe('refused');
  });
});
