import { afterEach, describe, expect, test } from 'vitest';
import { emailChannel } from '../../../services/alerting/adapters/channels/email.ts';
import type { Message } from '../../../services/alerting/core/alert/episode.ts';
import type { EmailReceiver } from '../../../services/kernel/definitions.ts';
import type { SmtpDefinition } from '../../../services/kernel/settings.ts';
import { createSmtpClient } from '../../../services/platform/mail/smtp-client.ts';
import type { SmtpClient } from '../../../services/platform/mail/smtp-client.ts';
import { addressGuard } from '../../../services/platform/webhook/address.ts';
import type { Resolve } from '../../../services/platform/webhook/guarded-lookup.ts';
import { bench } from '../../support/alerting.ts';
import { TEST_CERTIFICATE } from '../../support/certificate.ts';
import { openMailServer } from '../../support/receivers/smtp.ts';

const receiver: EmailReceiver = {
  id: 'sales-mail',
  type: 'email',
  to: ['li@example.com', 'anna@example.com'],
};
const clients: SmtpClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

type Over = {
  smtp?: Partial<SmtpDefinition>;
  locale?: 'en' | 'zh';
  allow?: readonly string[];
  client?: Parameters<typeof createSmtpClient>[1];
  password?: string;
};
function channelTo(port: number, over: Over = {}) {
  const guard = addressGuard(over.allow ?? ['127.0.0.0/8']);
  if (!guard.ok) throw new Error(guard.error);
  const client = createSmtpClient(guard.value, over.client);
  clients.push(client);
  const smtp: SmtpDefinition = {
    host: '127.0.0.1',
    port,
    security: 'none',
    password: { env: 'SMTP_PASSWORD' },
    from: 'tidemark@example.com',
    ...over.smtp,
  };
  const channel = emailChannel({
    client,
    secrets: () => ({ ok: true, value: over.password ?? 'secret' }),
    smtp: () => smtp,
  });
  return (message: Message, to: Partial<EmailReceiver> = {}) =>
    channel({ ...message, locale: over.locale ?? 'en' }, { ...receiver, ...to });
}
const messages = (): readonly Message[] => {
  const b = bench();
  b.hour(0, 900);
  b.hour(1, 1100);
  return b.messages();
};
const firing = (): Message => messages()[0] as Message;

describe('a letter on the wire', () => {
  test('has a text and an HTML part, says who it is from and that no person wrote it', async () => {
    await using server = await openMailServer();
    const message = firing();
    expect(await channelTo(server.port)(message)).toEqual({
      kind: 'delivered',
      detail: '250 queued',
    });
    const [{ mail, recipients, isSecure } = {} as never] = server.received;
    expect(recipients).toEqual(receiver.to);
    expect(isSecure).toBe(false);
    expect(mail.from?.value).toEqual([{ address: 'tidemark@example.com', name: '' }]);
    expect(mail.messageId).toBe(`<${message.id}@example.com>`);
    expect(mail.date).toEqual(new Date(message.decidedAtMs));
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
    expect(mail.headers.get('content-type')).toMatchObject({ value: 'multipart/alternative' });
    expect(mail.subject).toContain('900.00');
    expect(mail.text).toContain('value < 1000');
    expect(mail.html).toContain('value &lt; 1000');
  });

  test('of one episode are one thread for whoever reads them', async () => {
    await using server = await openMailServer();
    const send = channelTo(server.port);
    for (const message of messages()) expect((await send(message)).kind).toBe('delivered');
    const [first, last] = server.received.map(({ mail }) => mail);
    expect(first?.inReplyTo).toMatch(/^<[0-9a-f]{32}@example\.com>$/);
    expect(last?.inReplyTo).toBe(first?.inReplyTo);
    expect(last?.references).toBe(first?.inReplyTo);
    expect(last?.messageId).not.toBe(first?.messageId);
  });

  test('in Chinese arrives as it was written, from the address of the receiver', async () => {
    await using server = await openMailServer();
    await channelTo(server.port, { locale: 'zh' })(firing(), { from: 'alerts@example.cn' });
    const [{ mail, raw } = {} as never] = server.received;
    expect(mail.headers.get('content-language')).toBe('zh-CN');
    expect(mail.from?.text).toBe('alerts@example.cn');
    expect(mail.messageId).toMatch(/@example\.cn>$/);
    expect(mail.text).toMatch(/[\u4e00-\u9fff]/);
    expect(mail.html).toMatch(/[\u4e00-\u9fff]/);
    expect(raw.split('\r\n').every((line) => line.length <= 998)).toBe(true);
    expect(raw).not.toMatch(/[^\r]\n/);
  });

  test('has no header that a name brought with it', async () => {
    await using server = await openMailServer();
    const message = firing();
    const body = JSON.parse(message.body) as { data: { metric: { name: string } } };
    body.data.metric.name = 'Sales\r\nBcc: victim@example.com\r\n\r\n<b>injected</b>';
    await channelTo(server.port)({ ...message, body: JSON.stringify(body) });
    const [{ mail, recipients } = {} as never] = server.received;
    expect(mail.headers.has('bcc')).toBe(false);
    expect(recipients).toEqual(receiver.to);
    expect(mail.subject).toContain('Bcc: victim@example.com');
    expect(mail.html).not.toContain('<b>injected');
  });

  test('offers one click to leave where there is a link for it', async () => {
    await using server = await openMailServer();
    const message = firing();
    const body = JSON.parse(message.body) as { data: { links: Record<string, string> } };
    body.data.links['unsubscribe'] = 'https://tidemark.example/u/abc';
    await channelTo(server.port)({ ...message, body: JSON.stringify(body) });
    expect(server.received[0]?.raw).toContain(
      '\r\nList-Unsubscribe: <https://tidemark.example/u/abc>',
    );
    expect(server.received[0]?.raw).toContain(
      '\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click',
    );
  });
});

describe('the verdict', () => {
  test.each([
    [421, 'retryable'],
    [451, 'retryable'],
    [550, 'permanent'],
    [554, 'permanent'],
  ])('of %i for the letter is %s', async (code, kind) => {
    await using server = await openMailServer();
    server.answer('DATA', code);
    expect(await channelTo(server.port)(firing())).toMatchObject({
      kind,
      detail: expect.stringContaining(`${code} `),
    });
    expect(server.received).toEqual([]);
  });

  test('is delivered when one address is refused for good, and names it', async () => {
    await using server = await openMailServer();
    server.answer('anna@example.com', 550);
    const verdict = await channelTo(server.port)(firing());
    expect(verdict.kind).toBe('delivered');
    expect(verdict.detail).toContain('anna@example.com: 550');
    expect(server.received[0]?.recipients).toEqual(['li@example.com']);
  });

  test('asks again for an address that is refused for now, and for no other', async () => {
    await using server = await openMailServer();
    const send = channelTo(server.port);
    const message = firing();
    server.answer('anna@example.com', 451);
    expect((await send(message)).kind).toBe('retryable');
    server.answer('anna@example.com', 250);
    expect((await send(message)).kind).toBe('delivered');
    expect(server.received.map(({ recipients }) => recipients)).toEqual([
      ['li@example.com'],
      ['anna@example.com'],
    ]);
    expect(new Set(server.received.map(({ mail }) => mail.messageId)).size).toBe(1);
  });

  test('of a server that is not there is retryable', async () => {
    expect((await channelTo(1)(firing())).kind).toBe('retryable');
  });
});

describe('the connection', () => {
  test('is one for many letters', async () => {
    await using server = await openMailServer();
    const send = channelTo(server.port);
    const [first, second] = messages() as [Message, Message];
    await send(first);
    await send(second);
    expect(new Set(server.received.map(({ connection }) => connection)).size).toBe(1);
  });

  test.each(['starttls', 'tls'] as const)('with %s is encrypted, and logs in', async (security) => {
    const tls = security === 'tls' ? 'from the start' : 'starttls';
    await using server = await openMailServer({ tls, password: 'secret' });
    const smtp = { security, username: 'tidemark', host: 'localhost' };
    const send = channelTo(server.port, { smtp, client: { ca: TEST_CERTIFICATE } });
    expect((await send(firing())).kind).toBe('delivered');
    expect(server.received[0]).toMatchObject({ isSecure: true, user: 'tidemark' });
  });

  test('with a wrong password waits for the right one, and does not say it', async () => {
    await using server = await openMailServer({ tls: 'starttls', password: 'secret' });
    const smtp = { security: 'starttls', username: 'tidemark', host: 'localhost' } as const;
    const over = { smtp, client: { ca: TEST_CERTIFICATE }, password: 'hunter2' };
    const verdict = await channelTo(server.port, over)(firing());
    expect(verdict.kind).toBe('retryable');
    expect(verdict.detail).toContain('535');
    expect(JSON.stringify(verdict)).not.toContain('hunter2');
  });

  test.each(['starttls', 'tls'] as const)(
    'with %s to a server that nobody vouches for carries no letter',
    async (security) => {
      const tls = security === 'tls' ? 'from the start' : 'starttls';
      await using server = await openMailServer({ tls });
      const smtp = { security, host: 'localhost' };
      const verdict = await channelTo(server.port, { smtp })(firing());
      expect(verdict).toMatchObject({
        kind: 'retryable',
        detail: expect.stringContaining('self-signed'),
      });
      expect(server.received).toEqual([]);
    },
  );

  test('to a server without TLS is refused unless none was asked for', async () => {
    await using server = await openMailServer();
    const verdict = await channelTo(server.port, { smtp: { security: 'starttls' } })(firing());
    expect(verdict.kind).not.toBe('delivered');
    expect(server.received).toEqual([]);
  });

  test('goes to no address inside, by number or by name, nor plainly beyond this machine', async () => {
    const resolvingTo = (address: string): Resolve =>
      ((_name: string, _options: object, callback: (error: null, found: object[]) => void) =>
        callback(null, [{ address, family: 4 }])) as unknown as Resolve;
    const to = (host: string, over: Over = {}) =>
      channelTo(25, { allow: [], ...over, smtp: { host, security: 'starttls', ...over.smtp } })(
        firing(),
      );
    const metadata = { client: { resolve: resolvingTo('169.254.169.254') } };
    const shared = { client: { resolve: resolvingTo('100.64.0.1') } };
    const outside = { client: { resolve: resolvingTo('93.184.216.34') } };
    for (const verdict of [
      await to('127.0.0.1'),
      await to('[::ffff:127.0.0.1]'),
      await to('mail.test', metadata),
      await to('mail.test', shared),
      await to('mail.test', { ...outside, smtp: { security: 'none' } }),
    ])
      expect(verdict.kind).toBe('refused');
  });
});
