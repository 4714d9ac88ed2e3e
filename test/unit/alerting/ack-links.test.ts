import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { ackLinks } from '../../../services/alerting/adapters/ack-links.ts';
import { ACK_WORDS } from '../../../services/alerting/adapters/ack-words.ts';
import { ackLinkRoutes } from '../../../services/alerting/adapters/http-ack-links.ts';
import { CONDITIONS } from '../../../services/kernel/alert.ts';
import type { Command } from '../../../services/kernel/command.ts';
import { createHttpServer } from '../../../services/platform/http.ts';
import { createLogger } from '../../../services/platform/logger.ts';
import { aReceiver, aRule, at, bench, lowSales, salesCatalog } from '../../support/alerting.ts';
import type { Bench } from '../../support/alerting.ts';
import { aMetric } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';
import type { Definitions } from '../../support/platform.ts';

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

/** A server over one burning alert, that of this series; what is told is applied at once. */
function served(
  definitions = salesCatalog(),
  to = of.to,
  { series = '[]', begin = ((b) => b.value(0, 900, { series })) as (b: Bench) => unknown } = {},
) {
  const b = bench(definitions);
  begin(b);
  b.tick(1);
  const alert = () => b.alert(series);
  const told: Command[] = [];
  const http = createHttpServer(createLogger({ level: 'silent', name: 'test', isTty: false }));
  ackLinkRoutes(http, {
    links,
    catalog: () => catalogOf(definitions),
    alerts: async () => [alert()],
    alert: async (id) => [alert()].find((one) => one.id === id),
    silences: async () => [],
    async tell(command) {
      told.push(command);
      b.say(2, command);
      return { offset: 0, isTaken: true };
    },
    now: () => at(1.5),
    newId: () => 'x',
  });
  const { id, episode } = alert();
  const tokenFor = (round = 0) =>
    tokenOf(
      links.urlOf({ ...of, to, alert: id, episode: episode?.id ?? '', expiresAt: at(7) + round }),
    );
  const send = (method: 'GET' | 'POST', to = tokenFor(), form: Record<string, string> = {}) =>
    http.inject({
      method,
      url: `/v1/ack/${to}`,
      ...(method === 'POST'
        ? {
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
            payload: new URLSearchParams(form).toString(),
          }
        : {}),
    });
  const press = async (form: Record<string, string>) =>
    (await send('POST', tokenFor(), form)).statusCode;
  return { b, told, send, press, tokenFor };
}

/** What the page says, without its marks. */
const textOf = (html: string): string =>
  html
    .replace(/<style>.*<\/style>/s, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ');

test('the page says how far the value is from its threshold, of which window, and since when', async () => {
  const { send } = served();
  const text = textOf((await send('GET')).body);
  expect(text).toContain('Critical · firing Sales below plan Net sales 900.00 CNY');
  expect(text).toContain('100.00 CNY below the threshold of 1,000 CNY Threshold 1,000 CNY');
  expect(text).toContain('Window 2023-11-14 22:00 – 23:00 (UTC)');
  expect(text).toContain('Started 2023-11-14 23:00 Owner Sales');
});

test('the page is in the language and zone of whom the link was sent to', async () => {
  const sales = { id: 'sales', name: { en: 'Sales' }, members: [], timezone: 'UTC' };
  const { send, press } = served(
    salesCatalog({
      people: [
        {
          id: 'wang',
          name: { en: 'Wang', zh: '王芳' },
          locale: 'zh-CN',
          timezone: 'Asia/Shanghai',
          receivers: ['ops-hook'],
        },
      ],
      teams: [{ ...sales, receivers: [], members: ['person:wang'] }],
    }),
    'person:wang',
  );
  const { body } = await send('GET');
  expect(body).toContain('<html lang="zh-CN">');
  const text = textOf(body);
  expect(text).toContain('严重 · 告警中');
  expect(text).toContain('低于阈值 1,000 CNY，相差 100.00 CNY');
  expect(text).toContain('窗口 2023-11-15 06:00 – 07:00 (Asia/Shanghai)');
  expect(text).toContain('指派给 王芳');
  expect(body).toContain('<form method="post" id="more"');
  expect(text).not.toMatch(/Acknowledge|Snooze|Comment|Close/);
  await press({ verb: 'ack' });
  expect(textOf((await send('GET')).body)).toMatch(/已确认 王芳，至 2023-11-1\d \d\d:\d\d/);
});

test('the page calls members and unit what the catalogue does, in the language of the reader', async () => {
  const unit = { code: 'crate', scale: 2, name: { en: 'crates', zh: '箱' } };
  const store = { en: 'Store', zh: '门店' };
  const metric = aMetric({ timezone: 'UTC', unit, dimensionNames: { store } });
  const shown = async (definitions: Definitions) => {
    const { send } = served(definitions, of.to, { series: '["store","S001"]' });
    return textOf((await send('GET')).body);
  };
  const rules = [aRule({ by: ['store'] })];
  const text = await shown(salesCatalog({ metrics: [metric], rules }));
  expect(text).toContain(
    'Sales below plan Net sales · Store: S001 900.00 crates 100.00 crates below',
  );
  expect(text).toContain('below the threshold of 1,000 crates Threshold 1,000 crates Window');
  const plain = aMetric({ timezone: 'UTC' });
  expect(await shown(salesCatalog({ metrics: [plain], rules }))).toContain(
    'Net sales · store=S001 900.00 CNY',
  );
});

test('so it calls what the system says of itself', async () => {
  const { send } = served(
    salesCatalog({ receivers: [aReceiver(), aReceiver({ id: 'room' })] }),
    of.to,
    {
      series: '["receiver","room"]',
      begin: (b) => b.say(0.5, { kind: 'unreachable', target: 'receiver:room', text: '503' }),
    },
  );
  expect(textOf((await send('GET')).body)).toContain(
    'Receiver cannot be reached Messages given up at receiver room · Receiver: room',
  );
});

test('the page says in words where the alert stands', async () => {
  const { b, send } = served(lowSales({ keepFiringMs: 7_200_000 }));
  expect(textOf((await send('GET')).body)).toContain('Critical · firing');
  b.hour(1, 2_000);
  expect(b.alert().machine.condition).toBe('recovering');
  expect(textOf((await send('GET')).body)).toContain('Critical · recovering');
  for (const { condition } of Object.values(ACK_WORDS))
    expect(Object.keys(condition).toSorted()).toEqual([...CONDITIONS].toSorted());
});

test('the page has the style that its policy allows and no other, and leads to the console', async () => {
  const { send } = served();
  const page = await send('GET');
  const style = /<style>(.*?)<\/style>/s.exec(page.body)?.[1] ?? '';
  const digest = createHash('sha256').update(style).digest('base64');
  expect(page.headers['content-security-policy']).toContain(`style-src 'sha256-${digest}'`);
  expect(page.body).not.toContain('style="');
  expect(style).toContain('--tide');
  const href = /<a class="link" href="([^"]*#[^"]*)"/.exec(page.body)?.[1] ?? '';
  expect(new URL(href, 'http://console/under/v1/ack/a.b').pathname).toBe('/under/');
  expect(href).toMatch(/#\/alerts\/[\w-]+$/);
});

test('looking changes nothing: scanners of mail fetch links; the button acknowledges', async () => {
  const { b, told, send } = served();
  const page = await send('GET');
  expect([page.statusCode, page.headers['content-type']]).toEqual([
    200,
    'text/html; charset=utf-8',
  ]);
  expect(page.body).toContain('<form method="post" class="strong">');
  expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  expect(told).toEqual([]);
  expect((await send('POST')).statusCode).toBe(200);
  expect(b.alert().episode?.overlay.ack).toMatchObject({ by: 'team:sales' });
});

test('a link acknowledges once; the one of a later message does again', async () => {
  const { told, send, tokenFor } = served();
  await send('POST');
  expect((await send('POST')).statusCode).toBe(410);
  expect(told.length).toBe(1);
  expect((await send('POST', tokenFor(1))).statusCode).toBe(200);
  expect(told.length).toBe(2);
});

test('a link withdraws, snoozes, assigns, comments and closes, each once, in the name of its receiver', async () => {
  const { b, told, press } = served();
  const deeds = [
    { verb: 'ack' },
    { verb: 'unack' },
    { verb: 'snooze', for: 'PT4H' },
    { verb: 'assign', to: 'team:sales' },
    { verb: 'comment', text: 'the till is <off>' },
    { verb: 'close' },
  ];
  for (const deed of deeds) expect([deed, await press(deed)]).toEqual([deed, 200]);
  const { overlay, episode } = b.alert();
  expect(overlay.snooze).toMatchObject({ by: 'team:sales', untilMs: at(5.5) });
  expect(overlay.comments).toMatchObject([{ by: 'team:sales', text: 'the till is <off>' }]);
  expect(episode?.overlay).toMatchObject({
    ack: null,
    assignee: 'team:sales',
    closed: { by: 'team:sales' },
  });
  for (const deed of deeds) expect([deed, await press(deed)]).toEqual([deed, 410]);
  expect(told.length).toBe(deeds.length);
});

test('a link does nothing that its page does not offer', async () => {
  const { told, press } = served();
  for (const deed of [
    { verb: 'snooze', for: 'P30D' },
    { verb: 'snooze' },
    { verb: 'assign', to: 'person:anna' },
    { verb: 'comment', text: '  ' },
    { verb: 'feedback', verdict: 'real' },
    { verb: 'toString' },
  ])
    expect([deed, await press(deed)]).toEqual([deed, 400]);
  expect(told).toEqual([]);
});

test('the page shows what may still be said', async () => {
  const { send, press } = served();
  const shown = async () =>
    [...(await send('GET')).body.matchAll(/name="verb" value="(\w+)"/g)].map(([, verb]) => verb);
  expect(await shown()).toEqual(['ack', 'snooze', 'assign', 'comment', 'close']);
  await press({ verb: 'ack' });
  expect(await shown()).toEqual(['unack', 'snooze', 'assign', 'comment', 'close']);
  await press({ verb: 'unack' });
  expect(await shown()).toEqual(['snooze', 'assign', 'comment', 'close']);
  const { body } = await send('GET');
  expect(body).toContain('<button name="for" value="PT1H">Snooze 1 h</button>');
});

test('what somebody else acknowledged is not offered to be acknowledged, but to be withdrawn', async () => {
  const { b, send } = served();
  b.say(1, { kind: 'acknowledge', by: 'person:anna', until: at(9) });
  const { body } = await send('GET');
  expect(body).not.toContain('<button>Acknowledge</button>');
  expect(body).toContain('<button>Withdraw acknowledgement</button>');
});

test('an incident that is over, and a link that is none, are said to be so', async () => {
  const { b, send } = served();
  expect((await send('POST', 'x.y')).statusCode).toBe(410);
  b.hour(1, 5000);
  expect((await send('POST')).statusCode).toBe(409);
});
