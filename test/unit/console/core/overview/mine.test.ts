import { describe, expect, it } from 'vitest';
import { meAnswer } from '../../../../../services/console/core/overview/mine.ts';
import type { Catalog } from '../../../../../services/kernel/definitions.ts';

const NOW_MS = Date.parse('2026-11-30T23:30:00Z');

/** Only what the answer is computed from. */
function catalogOf(parts: {
  metrics: readonly object[];
  entries?: readonly object[];
  subscriptions?: readonly object[];
  rules?: readonly object[];
  objectives?: readonly object[];
}): Catalog {
  const byId = (list: readonly object[] = []) =>
    new Map(list.map((one) => [(one as { id: string }).id, one]));
  const metrics = parts.metrics.map((metric) => ({
    tags: [],
    timezone: 'UTC',
    owner: 'team:nobody',
    ...metric,
  }));
  return {
    metrics: byId(metrics),
    rules: byId(parts.rules),
    objectives: byId(parts.objectives),
    subscriptions: byId(parts.subscriptions),
    responsibilities: new Map([['all', { id: 'all', entries: parts.entries ?? [] }]]),
    people: byId([{ id: 'anna', name: { en: 'Anna' } }]),
    teams: byId([
      { id: 'service', members: ['person:anna'] },
      { id: 'trade', members: ['team:service', 'team:trade'] },
    ]),
  } as unknown as Catalog;
}
const ask = (catalog: Catalog, person = 'person:anna', roles: readonly string[] = ['reader']) =>
  meAnswer(catalog, { person, roles: new Set(roles) }, NOW_MS);

describe('what is mine', () => {
  it('is what I or a team of mine own, maintain or stand in for', () => {
    const catalog = catalogOf({
      metrics: [
        { id: 'a', owner: 'person:anna' },
        { id: 'b', owner: 'team:trade' },
        { id: 'c', steward: 'person:anna', deputy: 'team:service' },
        { id: 'd', owner: 'person:other' },
      ],
    });
    expect(ask(catalog)).toEqual({
      person: 'person:anna',
      name: { en: 'Anna' },
      roles: ['reader'],
      teams: ['team:service', 'team:trade'],
      choice: 'own',
      metrics: [
        { id: 'a', ties: ['owner'] },
        { id: 'b', ties: ['owner'] },
        { id: 'c', ties: ['deputy', 'steward'] },
      ],
    });
  });

  it('is what I answer for today, by the date where the metric lives', () => {
    const metrics = [{ id: 'm', timezone: 'Asia/Shanghai' }];
    const entry = (dates: object) => ({ metric: 'm', accountable: 'person:anna', ...dates });
    const isMine = (dates: object) =>
      ask(catalogOf({ metrics, entries: [entry(dates)] })).choice === 'own';
    expect(isMine({})).toBe(true);
    expect(isMine({ from: '2026-12-01' })).toBe(true);
    expect(isMine({ from: '2026-12-02' })).toBe(false);
    expect(isMine({ to: '2026-12-01' })).toBe(false);
    expect(isMine({ to: '2026-12-02' })).toBe(true);
  });

  it('is what I follow, itself or by a rule on it', () => {
    const { metrics } = ask(
      catalogOf({
        metrics: [{ id: 'a' }, { id: 'b' }, { id: 'c' }],
        rules: [{ id: 'b-low', metric: 'b' }],
        subscriptions: [
          { id: '1', who: 'person:anna', metric: 'a' },
          { id: '2', who: 'team:service', rule: 'b-low' },
          { id: '3', who: 'person:other', metric: 'c' },
        ],
      }),
    );
    expect(metrics).toEqual([
      { id: 'a', ties: ['follows'] },
      { id: 'b', ties: ['follows'] },
    ]);
  });

  it('is no metric to who may not read, who learns who he is all the same', () => {
    const catalog = catalogOf({ metrics: [{ id: 'a', owner: 'person:anna' }, { id: 'b' }] });
    expect(ask(catalog, 'person:anna', ['ingest'])).toMatchObject({
      person: 'person:anna',
      name: { en: 'Anna' },
      roles: ['ingest'],
      metrics: [],
    });
  });

  it('is, where nothing is, what matters to all', () => {
    const measured = { id: 'o', metrics: ['b'] };
    const plain = [{ id: 'a' }, { id: 'b' }];
    const core = [...plain, { id: 'c', tags: ['core'] }];
    const shown = (catalog: Catalog) => {
      const { choice, metrics } = ask(catalog, 'person:local');
      return [choice, ...metrics.map(({ id }) => id)];
    };
    expect(shown(catalogOf({ metrics: core, objectives: [measured] }))).toEqual(['core', 'c']);
    expect(shown(catalogOf({ metrics: plain, objectives: [measured] }))).toEqual([
      'objective',
      'b',
    ]);
    expect(shown(catalogOf({ metrics: plain }))).toEqual(['first', 'a', 'b']);
  });
});
