import { describe, expect, test } from 'vitest';
import { alertText } from '../../../services/alerting/core/words/text.ts';
import type { AlertBody } from '../../../services/alerting/core/words/text-body.ts';
import {
  distance,
  shownAmount,
  shownShare,
  shownWindow,
} from '../../../services/alerting/core/words/text-values.ts';

const EN = { locale: 'en', timezone: 'Europe/London' } as const;
const ZH = { locale: 'zh', timezone: 'Asia/Shanghai' } as const;

const bodyOf = (over: Partial<AlertBody['data']> = {}, type = 'alert.firing'): string =>
  JSON.stringify({
    type,
    timestamp: '2026-07-01T07:00:31Z',
    data: {
      alert: {
        id: 'a1',
        episode: 'e1',
        rule: 'net-sales-low',
        severity: 'critical',
        state: 'firing',
        startedAt: '2026-07-01T07:00:00Z',
        endedAt: null,
        outcome: null,
      },
      metric: { id: 'net-sales', version: 'v1', name: 'Net sales', unit: 'CNY' },
      labels: { store: 'S001' },
      window: {
        start: '2026-07-01T06:00:00Z',
        end: '2026-07-01T07:00:00Z',
        state: 'closed',
        revision: 2,
      },
      condition: 'value < 1000000',
      value: '987654.30',
      previous: '1200000.00',
      threshold: '1000000',
      target: null,
      breached: '987654.30',
      worst: '987654.30',
      recovered: null,
      owner: { accountable: 'person:li-wei', deputy: null, via: 'sales-owners' },
      evidence: {
        watermark: '2026-07-01T07:00:30Z',
        completeness: 1,
        cursors: [{ topic: 'events.x', partition: 0, offset: 7 }],
      },
      links: { console: 'https://t.example/#/alerts/a1', ack: null, runbook: 'https://r.example' },
      ...over,
    },
  });

test('a firing message in English: what, how far off, when in the reader’s zone, whose, on what evidence', () => {
  const text = alertText(bodyOf(), EN);
  expect(text.title).toBe('Critical · firing: Net sales (store=S001) 987,654.30 CNY');
  expect(text.summary).toBe('987,654.30 CNY: 12,345.70 CNY below the threshold of 1,000,000 CNY');
  expect(text.facts).toEqual([
    ['Value', '987,654.30 CNY'],
    ['Threshold', '1,000,000 CNY'],
    ['Condition', 'value < 1000000'],
    ['Where', 'store=S001'],
    ['Window', '2026-07-01 07:00 – 08:00 (Europe/London), revision 2'],
    ['Previous window', '1,200,000.00 CNY'],
    ['Started', '2026-07-01 08:00'],
    ['Owner', 'li-wei (by sales-owners)'],
    ['Evidence', 'counted up to 2026-07-01 08:00:30, 100 % complete, from 1 partition'],
  ]);
  expect(text.links).toEqual([
    { label: 'Open', url: 'https://t.example/#/alerts/a1' },
    { label: 'Runbook', url: 'https://r.example' },
  ]);
  expect(text.tone).toBe('bad');
});

test('a dimension may be called like what every object has', () => {
  const labels = { constructor: 'S001', toString: 'x' };
  const names = { refs: {}, dimensions: { store: 'Store' } };
  const [, , , where] = alertText(bodyOf({ labels, names }), EN).facts;
  expect(where).toEqual(['Where', 'constructor=S001, toString=x']);
});

test('the same message in Chinese', () => {
  const text = alertText(bodyOf(), ZH);
  expect(text.title).toBe('严重 · 告警触发：Net sales (store=S001) 987,654.30 CNY');
  expect(text.summary).toBe('987,654.30 CNY：低于阈值 1,000,000 CNY，相差 12,345.70 CNY');
  expect(text.facts).toContainEqual([
    '窗口',
    '2026-07-01 14:00 – 15:00 (Asia/Shanghai), 第 2 次修订',
  ]);
  expect(text.facts).toContainEqual(['责任人', 'li-wei (依据 sales-owners)']);
});

test('what nobody answers for says that the fallback team was told', () => {
  const owner = { accountable: 'team:operations', deputy: null, via: 'fallback' };
  expect(alertText(bodyOf({ owner }), EN).facts).toContainEqual([
    'Owner',
    'team operations (nobody answers for it: told to the fallback team)',
  ]);
  expect(alertText(bodyOf({ owner }), ZH).facts).toContainEqual([
    '责任人',
    '团队 operations (无人负责：已通知兜底团队)',
  ]);
});

test.each([
  ['sales-owners/absence', /by sales-owners; away: told to whom the absence names/, /本人不在/],
  ['sales-owners/deputy', /told to the deputy/, /已通知代理人/],
  ['sales-owners/escalation', /next in the chain/, /升级链上的下一位/],
  ['sales-owners/metric', /owner of the metric/, /指标负责人/],
  ['sales-owners/fallback', /nobody can be reached: told to the fallback team/, /兜底团队/],
  ['metric', /\(owner of the metric\)/, /\(指标负责人\)/],
])('who is told in place of the accountable, and why: %s', (via, en, zh) => {
  const owner = { accountable: 'person:li-wei', deputy: null, via };
  const ownerIn = (audience: typeof EN | typeof ZH) =>
    alertText(bodyOf({ owner }), audience).facts.find(([, value]) =>
      value.startsWith('li-wei'),
    )?.[1];
  expect(ownerIn(EN)).toMatch(en);
  expect(ownerIn(ZH)).toMatch(zh);
});

test('an escalation says whom it tells now, and after what time', () => {
  const escalated = bodyOf({ escalation: { to: 'team:sales', after: 5_400 } }, 'alert.escalated');
  expect(alertText(escalated, EN).summary).toMatch(
    /^Not acknowledged within 1 h 30 min: now told to team sales\. 987,654\.30 CNY:/,
  );
  expect(alertText(escalated, ZH).summary).toMatch(
    /^1 小时 30 分钟内无人确认：已升级至 团队 sales。/,
  );
});

test('evidence names the sources that are silent', () => {
  const evidence = {
    watermark: '2026-07-01T07:00:30Z',
    completeness: 0.5,
    lacking: ['com.a', 'com.b'],
  };
  expect(alertText(bodyOf({ evidence }), EN).facts.at(-1)?.[1]).toMatch(
    /50 % complete.*; silent: com\.a, com\.b$/,
  );
});

test('a correction says that it is one, from which value to which, and that the alert does not stand', () => {
  const corrected = bodyOf(
    {
      alert: { severity: 'critical', outcome: 'retracted', endedAt: '2026-07-01T09:00:00Z' },
      value: '1010000.00',
      breached: '987654.30',
      worst: '900000.00',
    },
    'alert.corrected',
  );
  const text = alertText(corrected, EN);
  expect(text.title).toContain('corrected');
  expect(text.summary).toBe(
    'Late data corrected the value: with what is known now it would never have fired. ' +
      '987,654.30 CNY → 1,010,000.00 CNY ' +
      '1,010,000.00 CNY: 10,000.00 CNY above the threshold of 1,000,000 CNY',
  );
  expect(text.facts).toContainEqual(['Value at the breach', '987,654.30 CNY']);
  expect(text.facts).toContainEqual(['Worst value', '900,000.00 CNY']);
});

test.each([
  ['recovered', 'The value has recovered.', '数值已恢复正常。'],
  ['data_returned', 'Data has come again.', '数据已恢复上报。'],
  ['missing_series', 'There is no data of this series any more.', '该序列已不再有数据。'],
  ['rule_changed', 'The rule was changed; it is judged anew.', '规则已修改，将重新判定。'],
  ['rule_removed', 'The rule was removed.', '规则已删除。'],
  [
    'rule_paused',
    'The rule was paused; nothing is judged by it for now.',
    '规则已暂停，暂不再判定。',
  ],
  ['of_a_later_version', 'of_a_later_version', 'of_a_later_version'],
])('an end says why: %s', (outcome, en, zh) => {
  const resolved = bodyOf({ alert: { outcome }, threshold: null }, 'alert.resolved');
  expect(alertText(resolved, EN).summary).toBe(en);
  expect(alertText(resolved, ZH).summary).toBe(zh);
  const isWell = !/^(rule_|missing|of_a)/.test(outcome);
  expect(alertText(resolved, EN).tone).toBe(isWell ? 'good' : 'neutral');
  expect(alertText(resolved, EN).title).toContain(isWell ? 'resolved' : 'ended');
  expect(alertText(resolved, ZH).title).toContain(isWell ? '已恢复' : '已结束');
});

test('a step to somebody who is away says who is told instead, and why', () => {
  const escalation = {
    to: 'person:cy',
    after: 3_600,
    answering: { who: 'person:dee', as: 'absence' },
    passedOver: [{ who: 'person:cy', as: 'escalation', reason: 'absent', until: '2026-06-20' }],
  };
  const text = alertText(bodyOf({ escalation }, 'alert.escalated'), EN).summary;
  expect(text).toContain('now told to dee (away: told to whom the absence names as deputy; ');
  expect(text).toContain('cy is away until 2026-06-20)');
});

test('what is said again while there is no data does not say that it fires', () => {
  const alert = { severity: 'critical', state: 'nodata' };
  const again = bodyOf({ alert, value: null }, 'alert.repeated');
  expect(alertText(again, EN).title).toBe('Critical · still no data: Net sales (store=S001)');
  expect(alertText(again, ZH).title).toContain('仍无数据');
});

test.each(['nodata', 'escalated', 'repeated', 'unmuted'])(
  '%s has words in both languages',
  (kind) => {
    for (const audience of [EN, ZH]) {
      const text = alertText(bodyOf({}, `alert.${kind}`), audience);
      expect(text.title).not.toContain(kind === 'escalated' ? 'alert.' : `· ${kind}:`);
      expect(text.summary).not.toBe('');
    }
  },
);

test('no value is said in words, and no comparison is made of it', () => {
  const text = alertText(bodyOf({ value: null }, 'alert.nodata'), EN);
  expect(text.facts[0]).toEqual(['Value', 'no value']);
  expect(text.summary).toBe('No data has come for this window.');
});

test('only http and https addresses become links', () => {
  const links = {
    console: 'javascript:alert(1)',
    ack: 'https://ok.example/a',
    runbook: 'file:///x',
  };
  expect(alertText(bodyOf({ links }), EN).links).toEqual([
    { label: 'Acknowledge', url: 'https://ok.example/a' },
    { label: 'Snooze, comment, close', url: 'https://ok.example/a#more' },
  ]);
  expect(alertText(bodyOf({ links }), ZH).links.map(({ label }) => label)).toEqual([
    '确认',
    '暂停提醒、评论、关闭',
  ]);
});

test('a test message says whom it came from', () => {
  const body = JSON.stringify({
    type: 'receiver.test',
    timestamp: '2026-07-01T07:00:31Z',
    data: { receiver: 'ops', askedBy: 'person:li-wei' },
  });
  expect(alertText(body, EN)).toMatchObject({
    title: 'Tidemark: test message',
    summary: 'Receiver ops works. Asked for by li-wei.',
    facts: [],
  });
  const refs = { 'receiver:ops': '门店群', 'person:li-wei': '李伟' };
  const named = { data: { receiver: 'ops', askedBy: 'person:li-wei', names: { refs } } };
  expect(alertText(JSON.stringify({ type: 'receiver.test', ...named }), ZH).summary).toBe(
    '接收渠道 门店群 可用。由 李伟 发起测试。',
  );
});

describe('amounts are exact', () => {
  test.each([
    ['1234567.80', 'CNY', '1,234,567.80 CNY'],
    ['-1234.5', 'EUR', '-1,234.5 EUR'],
    ['123', 'count', '123'],
    ['12345678901234567890123.000000001', 'CNY', '12,345,678,901,234,567,890,123.000000001 CNY'],
    ['0.1234', 'ratio', '12.34 %'],
    ['0.1', 'ratio', '10 %'],
    ['1', 'ratio', '100 %'],
    ['0', 'ratio', '0 %'],
    ['-0.005', 'ratio', '-0.5 %'],
    ['0.29', 'ratio', '29 %'],
    ['no number', 'CNY', 'no number CNY'],
  ])('%s %s is %s', (value, unit, shown) => {
    expect(shownAmount(value, unit)).toBe(shown);
  });

  test.each([
    ['0.1', '0.3', 'below', '0.2'],
    ['0.30', '0.1', 'above', '0.20'],
    ['1.0', '1', 'at', '0.0'],
    ['-5', '5', 'below', '10'],
  ])('%s against %s is %s by %s', (value, threshold, side, by) => {
    expect(distance(value, threshold)).toEqual({ side, by });
  });

  test.each([
    [1, '100 %'],
    [0.99999, '99.99 %'],
    [0.29, '29 %'],
    [0.5, '50 %'],
    [0, '0 %'],
    [0.0123, '1.23 %'],
  ])('a share of %d is %s', (share, shown) => {
    expect(shownShare(share)).toBe(shown);
  });
});

describe('windows in the reader’s zone', () => {
  test.each([
    ['2026-06-30T16:00:00Z', '2026-07-01T16:00:00Z', 'Asia/Shanghai', '2026-07-01 (Asia/Shanghai)'],
    [
      '2026-06-30T16:00:00Z',
      '2026-07-31T16:00:00Z',
      'Asia/Shanghai',
      '2026-07-01 – 2026-07-31 (Asia/Shanghai)',
    ],
    [
      '2026-06-30T16:00:00Z',
      '2026-07-01T16:00:00Z',
      'UTC',
      '2026-06-30 16:00 – 2026-07-01 16:00 (UTC)',
    ],
    // The hour that is there twice: both ends read 01:00.
    [
      '2026-10-25T00:00:00Z',
      '2026-10-25T01:00:00Z',
      'Europe/London',
      '2026-10-25 01:00 – 01:00 (Europe/London)',
    ],
    [
      '2026-07-01T00:00:00Z',
      '2026-07-01T00:00:30Z',
      'Nowhere/Such',
      '2026-07-01 00:00 – 00:00:30 (UTC)',
    ],
  ])('%s to %s in %s', (start, end, zone, shown) => {
    expect(shownWindow({ start, end }, zone)).toBe(shown);
  });
});
