import { describe, expect, test } from 'vitest';
import { buildCatalog } from '../../../../services/kernel/catalog/build.ts';
import type { Json } from '../../../../services/kernel/json.ts';
import { catalogTools } from '../../../../services/platform/catalog/tools.ts';

const build = (spec: Json, metadata: { readonly name?: Record<string, string> } = {}) => {
  const document = {
    apiVersion: 'tidemark/v1',
    kind: 'Receiver',
    metadata: { id: 'r', ...metadata },
    spec,
  };
  const { catalog, faults } = buildCatalog([document], catalogTools);
  return { receiver: catalog.receivers.get('r'), faults };
};
const ENV = { env: 'BOT' };

describe('every type of receiver is what its document says', () => {
  const url = 'https://chat.example/hook';
  test.each<[Json, object]>([
    [
      { type: 'webhook', url, secret: ENV },
      { type: 'webhook', url, secret: ENV, format: 'standard' },
    ],
    [
      { type: 'email', to: ['ops@example.com'] },
      { type: 'email', to: ['ops@example.com'] },
    ],
    [
      { type: 'slack', url: ENV },
      { type: 'slack', url: ENV },
    ],
    [
      { type: 'slack', token: ENV, channel: 'C012' },
      { type: 'slack', token: ENV, channel: 'C012' },
    ],
    [
      { type: 'feishu', url, secret: { file: '/run/s' }, keyword: '告警' },
      { type: 'feishu', url, secret: { file: '/run/s' }, keyword: '告警' },
    ],
    [
      { type: 'dingtalk', url, rate: { count: 20, per: 'PT1M' } },
      { type: 'dingtalk', url, rate: { count: 20, perMs: 60_000 } },
    ],
    [
      { type: 'wecom', url: ENV, template: { title: '{{ title }}' } },
      { type: 'wecom', url: ENV, template: { title: '{{ title }}' } },
    ],
    [
      { type: 'webhook', url: ENV, secret: ENV },
      { type: 'webhook', url: ENV, secret: ENV, format: 'standard' },
    ],
    [
      { type: 'alertmanager', url },
      { type: 'alertmanager', url },
    ],
    [
      { type: 'alertmanager', url: { file: '/run/am' } },
      { type: 'alertmanager', url: { file: '/run/am' } },
    ],
    [{ type: 'browser' }, { type: 'browser' }],
  ])('%o', (spec, expected) => {
    const { receiver, faults } = build(spec);
    expect(faults).toEqual([]);
    expect(receiver).toEqual({ id: 'r', ...expected });
  });
});

test('a receiver keeps the name that people know it by', () => {
  const name = { en: 'Shop floor', zh: '门店群' };
  expect(build({ type: 'browser' }, { name }).receiver).toEqual({ id: 'r', name, type: 'browser' });
  const bot = { type: 'slack', token: ENV, channel: 'C012' };
  expect(build(bot, { name: { en: 'Ops' } }).receiver).toEqual({
    id: 'r',
    name: { en: 'Ops' },
    ...bot,
  });
});

describe('what is wrong with one is said where it is', () => {
  test.each<[Json, string, string, RegExp]>([
    [{ type: 'teams' }, 'spec.type', 'not_supported', /teams is not supported yet/],
    [{ type: 'pagerduty' }, 'spec.type', 'not_supported', /pagerduty is not supported yet/],
    [{ type: 'slak' }, 'spec.type', 'field_invalid', /did you mean slack/],
    [{}, 'spec', 'field_missing', /type is missing/],
    [{ type: 'slack', token: ENV }, 'spec', 'field_invalid', /either url, or token and channel/],
    [
      { type: 'slack', url: ENV, token: ENV, channel: 'C' },
      'spec',
      'field_invalid',
      /either url, or token and channel/,
    ],
    [
      { type: 'feishu', url: ENV, secrt: ENV },
      'spec.secrt',
      'field_unknown',
      /did you mean secret/,
    ],
    [
      { type: 'dingtalk', url: ENV, secret: 'SEC123' },
      'spec.secret',
      'field_invalid',
      /never written into the catalogue/,
    ],
    [
      { type: 'wecom', url: ENV, template: { body: '{{ value' } },
      'spec.template.body',
      'field_invalid',
      /is no Liquid template/,
    ],
    [
      { type: 'wecom', url: ENV, template: { title: '{% include "x" %}' } },
      'spec.template.title',
      'field_invalid',
      /is no Liquid template/,
    ],
    [{ type: 'email', to: ['ops'] }, 'spec.to.0', 'field_invalid', /e-mail address/],
    [
      { type: 'wecom', url: ENV, rate: { count: 1, per: 'P1D' } },
      'spec.rate.per',
      'field_invalid',
      /from PT1S to PT1H/,
    ],
  ])('%o', (spec, path, code, message) => {
    const { receiver, faults } = build(spec);
    expect(receiver).toBeUndefined();
    expect(faults.map((fault) => [fault.path.join('.'), fault.code])).toEqual([[path, code]]);
    expect(faults[0]?.message).toMatch(message);
  });
});
