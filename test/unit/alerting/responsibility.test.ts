import { expect, test } from 'vitest';
import type { ResponsibilityEntry } from '../../../services/kernel/definitions.ts';
import { routeOf } from '../../../services/alerting/core/responsibility.ts';
import { aMetric } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';
import type { Definitions } from '../../support/platform.ts';

const JUNE = Date.UTC(2026, 5, 15, 12);
const person = (id: string, receivers: readonly string[] = [`${id}-hook`]) => ({
  id,
  name: { en: id },
  locale: 'en',
  timezone: 'UTC',
  receivers,
});
const team = (
  id: string,
  over: { members?: readonly `person:${string}`[]; receivers?: readonly string[] } = {},
) => ({
  id,
  name: { en: id },
  timezone: 'UTC',
  members: over.members ?? [],
  receivers: over.receivers ?? [],
});
const entry = (over: Partial<ResponsibilityEntry>): ResponsibilityEntry => ({
  metric: 'net-sales',
  where: {},
  accountable: 'person:anna',
  escalation: [],
  ...over,
});
const ask = (
  definitions: Definitions,
  {
    labels = {},
    atMs = JUNE,
    timezone = 'UTC',
  }: { labels?: Record<string, string>; atMs?: number; timezone?: string } = {},
) => routeOf(catalogOf(definitions), aMetric({ timezone }), { labels, atMs });

const people = [person('anna'), person('bo'), person('li-wei'), person('quiet', [])];
const matrix = (...entries: readonly ResponsibilityEntry[]): Definitions => ({
  people,
  responsibilities: [{ id: 'sales-owners', entries }],
});

test('the entry with the most labels that all match wins', () => {
  const definitions = matrix(
    entry({ accountable: 'person:anna' }),
    entry({ where: { store: 'S1' }, accountable: 'person:bo' }),
    entry({ where: { store: 'S1', channel: 'web' }, accountable: 'person:li-wei' }),
  );
  expect(ask(definitions).accountable).toBe('person:anna');
  expect(ask(definitions, { labels: { store: 'S1' } })).toEqual({
    accountable: 'person:bo',
    deputy: null,
    via: 'sales-owners',
    receivers: ['bo-hook'],
  });
  expect(ask(definitions, { labels: { store: 'S1', channel: 'web' } }).accountable).toBe(
    'person:li-wei',
  );
  expect(ask(definitions, { labels: { store: 'S2', channel: 'web' } }).accountable).toBe(
    'person:anna',
  );
});

test('dates are half-open and local to the metric', () => {
  const definitions = matrix(
    entry({ to: '2026-06-15', accountable: 'person:anna' }),
    entry({ from: '2026-06-15', accountable: 'person:bo' }),
  );
  const eve = Date.UTC(2026, 5, 14, 20);
  expect(ask(definitions, { atMs: eve }).accountable).toBe('person:anna');
  expect(ask(definitions, { atMs: eve, timezone: 'Asia/Shanghai' }).accountable).toBe('person:bo');
  expect(ask(definitions, { atMs: JUNE }).accountable).toBe('person:bo');
});

test('among equals the later start wins', () => {
  const definitions = matrix(
    entry({ from: '2026-01-01', accountable: 'person:anna' }),
    entry({ from: '2026-06-01', accountable: 'person:bo' }),
  );
  expect(ask(definitions).accountable).toBe('person:bo');
});

test('an accountable without a receiver is told through his deputy', () => {
  const route = ask(matrix(entry({ accountable: 'person:quiet', deputy: 'person:bo' })));
  expect(route).toMatchObject({
    accountable: 'person:quiet',
    deputy: 'person:bo',
    receivers: ['bo-hook'],
  });
});

test("a team is told by its own receivers, else by its members', each once", () => {
  const own = { teams: [team('sales', { receivers: ['room'], members: ['person:bo'] })], people };
  expect(ask(own)).toMatchObject({ accountable: 'team:sales', via: 'metric', receivers: ['room'] });
  const members = {
    people: [person('anna', ['shared']), person('bo', ['shared', 'own'])],
    teams: [team('sales', { members: ['person:anna', 'person:bo'] })],
  };
  expect(ask(members).receivers).toEqual(['shared', 'own']);
});

test('nobody: the owner of the metric, and where he is unknown the fallback team', () => {
  const fallback = {
    teams: [team('desk', { receivers: ['desk-hook'] })],
    settings: { fallbackTeam: 'team:desk' as const },
  };
  expect(ask(fallback)).toEqual({
    accountable: 'team:desk',
    deputy: null,
    via: 'fallback',
    receivers: ['desk-hook'],
  });
  expect(ask({}).receivers).toEqual([]);
});
