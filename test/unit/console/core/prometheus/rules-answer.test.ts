import { describe, expect, test } from 'vitest';
import { AlertBoard } from '../../../../../services/console/core/alert-board.ts';
import {
  alertsData,
  rulesData,
} from '../../../../../services/console/core/prometheus/rules-answer.ts';
import type { AlertRecord } from '../../../../../services/kernel/alert.ts';
import type { AlertRuleDefinition } from '../../../../../services/kernel/definitions.ts';
import { catalogOf } from '../../../../support/platform.ts';

const rule: AlertRuleDefinition = {
  id: 'net-sales-low',
  version: 'r1',
  name: { en: 'Sales below plan' },
  metric: 'net-sales',
  by: ['store'],
  window: { kind: 'grain', grain: 'hour' },
  evaluate: 'onClose',
  when: 'value < 1000',
  for: { durationMs: 600_000 },
  keepFiringMs: 60_000,
  noData: 'nodata',
  minCount: 0,
  severity: 'critical',
  notify: {},
  runbook: 'https://example.com/runbook',
};
const record = (over: Partial<AlertRecord> = {}): AlertRecord =>
  ({
    id: 'a1',
    rule: rule.id,
    severity: 'critical',
    metric: 'net-sales',
    series: '["store","S1"]',
    state: 'firing',
    at: 7_200_000,
    sequence: 3,
    episode: { id: 'e1', startedAt: 3_600_000, endedAt: null, outcome: null },
    value: '12.50',
    threshold: '1000',
    accountable: 'person:li-wei',
    document: '{"long":true}',
    ...over,
  }) as AlertRecord;
const catalog = catalogOf({ rules: [rule, { ...rule, id: 'another', metric: 'orders' }] });

describe('the board of alerts', () => {
  test('keeps the record with the highest sequence, in whatever order they come', () => {
    const board = new AlertBoard();
    board.offer(record({ sequence: 3 }));
    board.offer(record({ sequence: 2, state: 'pending' }));
    board.offer(record({ sequence: 3, state: 'ok' }));
    expect(board.open().map(({ state, document }) => [state, document])).toEqual([['firing', '']]);
    board.offer(record({ sequence: 4, state: 'ok' }));
    expect(board.open()).toEqual([]);
    board.offer(record({ sequence: 3 }));
    expect(board.open()).toEqual([]);
  });
});

describe("alerts and rules in Prometheus' form", () => {
  test('an alert has the labels of its series, its rule and its severity', () => {
    expect(alertsData(catalog, [record()])).toEqual({
      alerts: [
        {
          labels: {
            store: 'S1',
            alertname: 'net-sales-low',
            metric: 'net_sales',
            severity: 'critical',
          },
          annotations: {
            condition: 'firing',
            summary: 'Sales below plan',
            runbook_url: 'https://example.com/runbook',
            accountable: 'person:li-wei',
            threshold: '1000',
          },
          state: 'firing',
          activeAt: '1970-01-01T01:00:00.000Z',
          value: '12.50',
        },
      ],
    });
  });

  test.each([
    ['pending', 'pending'],
    ['nodata', 'firing'],
    ['recovering', 'firing'],
  ] as const)('%s is told as %s', (state, told) => {
    expect(alertsData(catalog, [record({ state })])).toMatchObject({ alerts: [{ state: told }] });
  });

  test('rules stand in a group for each metric, with their alerts and the state of the worst', () => {
    const open = [record({ state: 'pending' }), record({ id: 'a2', series: '["store","S2"]' })];
    expect(rulesData(catalog, { open, watermarks: new Map() })).toMatchObject({
      groups: [
        {
          name: 'net-sales',
          rules: [
            {
              type: 'alerting',
              name: 'net-sales-low',
              query: 'net_sales: value < 1000',
              duration: 600,
              keepFiringFor: 60,
              state: 'firing',
              health: 'unknown',
              alerts: [{ state: 'pending' }, { state: 'firing' }],
            },
          ],
        },
        { name: 'orders', rules: [{ name: 'another', state: 'inactive', alerts: [] }] },
      ],
    });
  });

  test('a rule was evaluated last where its metric has come to; never, where nothing was counted or it is paused', () => {
    const rules = new Map(catalog.rules).set('p', { ...rule, id: 'p', paused: true as const });
    const watermarks = new Map([['net-sales', Date.parse('2026-11-30T21:13:00Z')]]);
    const never = '0001-01-01T00:00:00Z';
    expect(rulesData({ ...catalog, rules }, { open: [], watermarks })).toMatchObject({
      groups: [
        {
          name: 'net-sales',
          lastEvaluation: '2026-11-30T21:13:00.000Z',
          rules: [{ lastEvaluation: '2026-11-30T21:13:00.000Z' }, { lastEvaluation: never }],
        },
        { name: 'orders', lastEvaluation: never, rules: [{ lastEvaluation: never }] },
      ],
    });
  });

  test('a rule that is paused says so', () => {
    const at = { open: [], watermarks: new Map<string, number>() };
    const rules = new Map(
      [...catalog.rules].map(([id, rule]) => [id, { ...rule, paused: true as const }]),
    );
    expect(rulesData({ ...catalog, rules }, at)).toMatchObject({
      groups: [{ rules: [{ state: 'inactive', annotations: { paused: 'true' } }] }, {}],
    });
    expect(JSON.stringify(rulesData(catalog, at))).not.toContain('paused');
  });
});
