import { expect, test } from 'vitest';
import { ackLinks } from '../../../services/alerting/adapters/ack-links.ts';
import { ackLinkRoutes } from '../../../services/alerting/adapters/http-ack-links.ts';
import type { Command } from '../../../services/kernel/command.ts';
import { createHttpServer } from '../../../services/platform/http.ts';
import { createLogger } from '../../../services/platform/logger.ts';
import { at, bench, salesCatalog } from '../../support/alerting.ts';
import { catalogOf } from '../../support/platform.ts';

const links = ackLinks('http://console', Buffer.from('a secret of the installation'));
const of = { alert: 'a', episode: 'e', receiver: 'ops-hook', to: 'team:sales', expiresAt: at(7) };
const tokenOf = (url: string | null): string => url?.split('/').at(-1) ?? '';

test('a link opens to what was signed, until it is too old', () => {
  const token = tokenOf(links.urlOf(of));
  expect(links.open(token, at(6))).toEqual({ ok: true, value: of });
  expect(links.open(token, at(7))).toMatchObject({ ok: false, error: { code: 'link_invalid' } });
});

test('the same message has the same link at every reading', () => {
  expect(links.urlOf(of)).toBe(links.urlOf({ ...of }));
});

test('what was not signed here, or was changed, opens nothing', () => {
  const token = tokenOf(links.urlOf(of));
  const [content = '', signature = ''] = token.split('.');
  const other = tokenOf(ackLinks('http://console', Buffer.from('another secret')).urlOf(of));
  const changed = Buffer.from(JSON.stringify(['b', 'e', 'ops-hook', null, at(7)]));
  for (const wrong of [
    '',
    content,
    other,
    `${content}.${signature.slice(1)}`,
    `${token}.x`,
    `${changed.toString('base64url')}.${signature}`,
  ])
    expect(links.open(wrong, at(6))).toMatchObject({ ok: false });
});

test('without a secret there are no links', () => {
  const none = ackLinks('http://console', undefined);
  expect(none.urlOf(of)).toBeNull();
  expect(none.open(tokenOf(links.urlOf(of)), at(6))).toMatchObject({ ok: false });
});

/** A server over one burning alert; what is told is applied at once. */
function served() {
  const b = bench();
  b.hour(0, 900);
  const told: Command[] = [];
  const http = createHttpServer(createLogger({ level: 'silent', name: 'test', isTty: false }));
  ackLinkRoutes(http, {
    links,
    catalog: () => catalogOf(salesCatalog()),
    alerts: async () => [b.alert()],
    alert: async (id) => [b.alert()].find((one) => one.id === id),
    silences: async () => [],
    async tell(command) {
      told.push(command);
      b.say(2, command);
      return { offset: 0, isTaken: true };
    },
    now: () => at(1.5),
    newId: () => 'x',
  });
  const { id, episode } = b.alert();
  const token = tokenOf(links.urlOf({ ...of, alert: id, episode: episode?.id ?? '' }));
  const send = (method: 'GET' | 'POST', to = token) =>
    http.inject({
      method,
      url: `/v1/ack/${to}`,
      ...(method === 'POST'
        ? { headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload: '' }
        : {}),
    });
  return { b, told, send };
}

test('looking changes nothing: scanners of mail fetch links; the button acknowledges', async () => {
  const { b, told, send } = served();
  const page = await send('GET');
  expect([page.statusCode, page.headers['content-type']]).toEqual([
    200,
    'text/html; charset=utf-8',
  ]);
  expect(page.body).toContain('<form method="post">');
  expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  expect(told).toEqual([]);
  expect((await send('POST')).statusCode).toBe(200);
  expect(b.alert().episode?.overlay.ack).toMatchObject({ by: 'team:sales' });
});

test('a link is used once', async () => {
  const { told, send } = served();
  await send('POST');
  expect((await send('POST')).statusCode).toBe(410);
  expect((await send('GET')).statusCode).toBe(410);
  expect(told.length).toBe(1);
});

test('an incident that is over, and a link that is none, are said to be so', async () => {
  const { b, send } = served();
  expect((await send('POST', 'x.y')).statusCode).toBe(410);
  b.hour(1, 5000);
  expect((await send('POST')).statusCode).toBe(409);
});
