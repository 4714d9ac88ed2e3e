import { describe, expect, it } from 'vitest';
import {
  byUrgency,
  choicesOf,
  isGivenUp,
  isOpen,
  wantedOf,
} from '../../../../../services/console/web/data/alerts.ts';
import type { AlertSummary } from '../../../../../services/console/web/data/alerts.ts';

const alert = (change: Partial<AlertSummary>): AlertSummary => ({
  id: 'a',
  rule: 'r',
  name: null,
  condition: null,
  runbook: null,
  paused: false,
  severity: 'warning',
  metric: 'm',
  labels: {},
  state: 'firing',
  episode: 'e',
  startedAt: '2026-11-25T12:00:00.000Z',
  endedAt: null,
  outcome: null,
  value: null,
  previous: null,
  threshold: null,
  worst: null,
  recovered: null,
  window: null,
  lacking: [],
  drivers: [],
  owner: {
    accountable: null,
    accountableName: null,
    deputy: null,
    deputyName: null,
    via: null,
  },
  acknowledged: null,
  mutedBy: null,
  snoozedUntil: null,
  assignee: null,
  closed: null,
  feedback: null,
  escalation: null,
  changedAt: null,
  ...change,
});

describe('alerts', () => {
  it('are open until they are ok again', () => {
    expect(
      (['pending', 'firing', 'recovering', 'nodata'] as const).every((state) => isOpen({ state })),
    ).toBe(true);
    expect(isOpen({ state: 'ok' })).toBe(false);
  });

  it.each([
    ['ok', 'rule_paused', true],
    ['ok', 'rule_removed', true],
    ['ok', 'recovered', false],
    ['ok', null, false],
    ['firing', null, false],
  ] as const)('are over without being well: %s, %s', (state, outcome, expected) => {
    expect(isGivenUp({ state, outcome })).toBe(expected);
  });

  it('stand in the order in which somebody should look', () => {
    const order = [
      alert({ id: 'resolved', state: 'ok', severity: 'critical' }),
      alert({ id: 'older', startedAt: '2026-11-25T11:00:00.000Z' }),
      alert({ id: 'grave', severity: 'critical' }),
      alert({ id: 'newer' }),
      alert({ id: 'pending', state: 'pending', severity: 'critical' }),
    ].sort(byUrgency);
    expect(order.map(({ id }) => id)).toEqual(['grave', 'newer', 'older', 'pending', 'resolved']);
  });
});

describe('the list is narrowed', () => {
  const owner = (accountable: string | null) => ({ ...alert({}).owner, accountable });
  const all = [
    alert({ id: 'a', metric: 'sales', severity: 'critical', owner: owner('team:b') }),
    alert({ id: 'b', metric: 'returns', owner: owner('person:a') }),
    alert({ id: 'c', metric: 'sales', owner: owner(null) }),
    alert({ id: 'd', metric: 'costs', assignee: 'person:b' }),
    alert({ id: 'e', metric: 'costs', owner: { ...owner('team:c'), deputy: 'person:b' } }),
  ];
  it.each([
    [{}, 'a b c d e'],
    [{ owner: 'me' }, 'a b c d e'],
    [{ owner: 'person:a' }, 'b'],
    [{ metric: 'sales', severity: 'warning' }, 'c'],
    [{ owner: 'team:b', metric: 'sales', severity: 'critical' }, 'a'],
    [{ owner: 'person:b' }, 'd e'],
    [{ owner: '', metric: '' }, 'a b c d e'],
  ] as const)('%j', (wanted, ids) => {
    expect(
      wantedOf(all, wanted)
        .map(({ id }) => id)
        .join(' '),
    ).toBe(ids);
  });

  it('to what there is, each once by its name, and to what the address says', () => {
    const choices = (wanted: string | undefined) =>
      choicesOf(all, (one) => [one.owner.accountable, `of ${one.owner.accountable}`], wanted);
    const there = [
      { value: 'person:a', label: 'of person:a' },
      { value: 'team:b', label: 'of team:b' },
      { value: 'team:c', label: 'of team:c' },
    ];
    expect(choices(undefined)).toEqual(there);
    expect(choices('')).toEqual(there);
    expect(choices('team:b')).toEqual(there);
    expect(choices('team:z')).toEqual([...there, { value: 'team:z', label: 'team:z' }]);
  });
});
