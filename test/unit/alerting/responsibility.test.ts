import { describe, expect, test } from 'vitest';
import type { ResponsibilityEntry } from '../../../services/kernel/definitions.ts';
import { routeOf } from '../../../services/alerting/core/people/responsibility.ts';
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
    answering: { who: 'person:bo', as: 'accountable' },
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
    via: 'sales-owners/deputy',
    receivers: ['bo-hook'],
    passedOver: [{ who: 'person:quiet', as: 'accountable', reason: 'unreachable', until: null }],
  });
});

describe('while the accountable is away', () => {
  const away = (id: string, deputy?: `person:${string}`) => ({
    ...person(id),
    absences: [{ from: '2026-06-10', to: '2026-06-20', ...(deputy ? { deputy } : {}) }],
  });
  const steps: Definitions = {
    people: [
      away('anna', 'person:bo'),
      person('bo'),
      person('cy'),
      person('dee'),
      person('olga'),
      person('guard'),
    ],
    teams: [
      team('sales', { members: ['person:olga'] }),
      team('desk', { members: ['person:guard'] }),
    ],
    settings: { fallbackTeam: 'team:desk' },
    responsibilities: [
      {
        id: 'sales-owners',
        entries: [
          entry({
            deputy: 'person:cy',
            escalation: [{ afterMs: 1_800_000, to: 'person:dee' }],
          }),
        ],
      },
    ],
  };
  const without = (...ids: readonly string[]): Definitions => ({
    ...steps,
    people: (steps.people ?? []).map((one) => (ids.includes(one.id) ? away(one.id) : one)),
  });

  test.each([
    [[], 'sales-owners/absence', 'bo'],
    [['bo'], 'sales-owners/deputy', 'cy'],
    [['bo', 'cy'], 'sales-owners/escalation', 'dee'],
    [['bo', 'cy', 'dee'], 'sales-owners/metric', 'olga'],
    [['bo', 'cy', 'dee', 'olga'], 'sales-owners/fallback', 'guard'],
  ])('and %j are too, it goes by %s to %s', (ids, via, told) => {
    const route = ask(without(...ids));
    expect(route).toMatchObject({
      accountable: 'person:anna',
      deputy: 'person:cy',
      via,
      receivers: [`${told}-hook`],
    });
    expect(route.passedOver).toHaveLength(ids.length + 1);
    expect(route.passedOver?.[0]).toEqual({
      who: 'person:anna',
      as: 'accountable',
      reason: 'absent',
      until: '2026-06-20',
    });
  });

  test('and so is everybody, nobody is told, and it is said whom it passed over', () => {
    const route = ask(without('bo', 'cy', 'dee', 'olga', 'guard'));
    expect(route).toMatchObject({ accountable: 'person:anna', via: 'sales-owners', receivers: [] });
    expect(route.answering).toBeUndefined();
    expect(route.passedOver?.map(({ who, reason }) => `${who} ${reason}`)).toEqual([
      'person:anna absent',
      'person:bo absent',
      'person:cy absent',
      'person:dee absent',
      'team:sales unreachable',
      'team:desk unreachable',
    ]);
  });

  test('the deputy of an absent deputy answers; two who name each other are asked once', () => {
    const definitions = (deputyOfBo: `person:${string}`): Definitions => ({
      ...steps,
      people: (steps.people ?? []).map((one) => (one.id === 'bo' ? away('bo', deputyOfBo) : one)),
    });
    expect(ask(definitions('person:dee')).receivers).toEqual(['dee-hook']);
    expect(ask(definitions('person:anna'))).toMatchObject({ via: 'sales-owners/deputy' });
  });

  test('he is away by the date where he lives, from the first day to the eve of his return', () => {
    const tokyo: Definitions = {
      ...steps,
      people: (steps.people ?? []).map((one) =>
        one.id === 'anna' ? { ...one, timezone: 'Asia/Tokyo' } : one,
      ),
    };
    const at = (text: string) => ask(tokyo, { atMs: Date.parse(text) }).via;
    expect(at('2026-06-10T00:00:00+09:00')).toBe('sales-owners/absence');
    expect(at('2026-06-09T23:59:59+09:00')).toBe('sales-owners');
    expect(at('2026-06-19T23:59:59+09:00')).toBe('sales-owners/absence');
    expect(at('2026-06-20T00:00:00+09:00')).toBe('sales-owners');
  });

  test('absences that adjoin are one, of which the end is told', () => {
    const absences = [
      { from: '2026-06-10', to: '2026-06-20' },
      { from: '2026-06-20', to: '2026-07-01' },
    ];
    const route = ask({ ...steps, people: [{ ...person('anna'), absences }, person('cy')] });
    expect(route.passedOver?.[0]).toMatchObject({ until: '2026-07-01' });
  });

  test('a team without receivers is told by those of its members who are there', () => {
    const definitions: Definitions = {
      people: [away('anna'), person('bo')],
      teams: [team('sales', { members: ['person:anna', 'person:bo'] })],
    };
    expect(ask(definitions).receivers).toEqual(['bo-hook']);
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

// Fails without: who has no receiver is passed over
test('F-085 nobody: the owner of the metric, and where he is unknown the fallback team', () => {
  const fallback = {
    teams: [team('desk', { receivers: ['desk-hook'] })],
    settings: { fallbackTeam: 'team:desk' as const },
  };
  expect(ask(fallback)).toEqual({
    accountable: 'team:desk',
    deputy: null,
    via: 'fallback',
    receivers: ['desk-hook'],
    answering: { who: 'team:desk', as: 'fallback' },
    passedOver: [{ who: 'team:sales', as: 'metric', reason: 'unknown', until: null }],
  });
  expect(ask({}).receivers).toEqual([]);
  expect(ask({}).answering).toBeUndefined();
});

describe('F-085 an owner who has left', () => {
  const desk = team('desk', { receivers: ['desk-hook'] });
  const settings = { fallbackTeam: 'team:desk' as const };
  const left = { ...matrix(entry({ accountable: 'person:gone' })), teams: [desk], settings };

  test('is passed over for his deputy, and the message says whom', () => {
    const withDeputy = matrix(entry({ accountable: 'person:gone', deputy: 'person:bo' }));
    expect(ask({ ...left, ...withDeputy })).toMatchObject({
      receivers: ['bo-hook'],
      passedOver: [{ who: 'person:gone', reason: 'unknown' }],
    });
  });
  test('without a deputy for the owner of the metric, else for the fallback team', () => {
    const sales = team('sales', { receivers: ['room'] });
    expect(ask({ ...left, teams: [desk, sales] })).toMatchObject({ receivers: ['room'] });
    expect(ask(left)).toMatchObject({
      via: 'sales-owners/fallback',
      receivers: ['desk-hook'],
      passedOver: [
        { who: 'person:gone', as: 'accountable', reason: 'unknown' },
        { who: 'team:sales', as: 'metric', reason: 'unknown' },
      ],
    });
  });
});
