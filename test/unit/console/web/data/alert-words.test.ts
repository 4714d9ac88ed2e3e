import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  entryWords,
  matcherWords,
  muteWords,
} from '../../../../../services/console/web/data/alert-words.ts';
import type { Known } from '../../../../../services/console/web/data/metric-names.ts';
import { language, texts } from '../../../../../services/console/web/i18n/language.ts';
import { textsIn } from '../../../../../services/console/web/i18n/texts.ts';

const names = new Map([
  ['person:anna', '安娜'],
  ['team:sales', '销售部'],
  ['AlertRule/net-sales-low', '销售低于计划'],
]);
const metrics = new Map<string, Known>([
  ['orders', { name: { en: 'Orders', zh: '订单数' } } as Known],
  [
    'net-sales',
    {
      name: { en: 'Net sales' },
      dimensionNames: { store: { en: 'Store', zh: '门店' } },
    } as unknown as Known,
  ],
]);

beforeEach(() => {
  language.value = 'zh';
  texts.value = textsIn('zh');
});
afterEach(() => {
  language.value = 'en';
});

test.each([
  ['silence sil-1', '静默'],
  ['maintenance sil-2', '维护窗口'],
  ['snoozed', '已暂停提醒'],
  ['closed', '已关闭通知'],
  ['inhibited by net-sales-low', '更严重的告警：销售低于计划'],
  ['inhibited by gone', '更严重的告警：gone'],
  ['of a later version', 'of a later version'],
])('why nobody is told is said in words: %s → %s', (reason, words) =>
  expect(muteWords(reason, names)).toBe(words),
);

test.each([
  ['acknowledged', 'person:anna', '安娜'],
  ['commented', 'person:bo', 'bo'],
  ['escalated', 'step 1 team:sales', '销售部'],
  ['not_delivered', 'step 2 person:anna reaches nobody', '安娜'],
  ['delivered', 'firing ops-hook', 'ops-hook'],
  ['silenced', 'silence sil-1', '静默'],
  ['unmuted', 'inhibited by net-sales-low', '更严重的告警：销售低于计划'],
  ['resolved', 'rule_paused', '规则已暂停'],
  ['firing', 'breach', ''],
  ['repeated', 'repeat_interval', ''],
] as const)('a line of the time line says who or why: %s, %s → %s', (transition, reason, words) =>
  expect(entryWords({ transition, reason }, names)).toBe(words),
);

test.each([
  ['store', '=', 'S001', '门店: S001'],
  ['store', '!=', 'S001', '门店: 非 S001'],
  ['store', '=~', 'S0*', '门店: S0*'],
  ['channel', '=', 'web', 'channel: web'],
  ['rule', '=', 'net-sales-low', '规则: 销售低于计划'],
  ['rule', '=~', 'net-*', '规则: net-*'],
  ['metric', '=', 'orders', '指标: 订单数'],
  ['severity', '!=', 'critical', '级别: 非 严重'],
] as const)('a matcher says what it covers: %s%s%s → %s', (name, op, value, words) =>
  expect(matcherWords({ name, op, value }, { names, metrics })).toBe(words),
);
