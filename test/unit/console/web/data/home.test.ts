import { describe, expect, it } from 'vitest';
import type {
  MetricSummary,
  PipelineAnswer,
  ValuesAnswer,
} from '../../../../../services/console/core/answers.ts';
import type { AlertSummary } from '../../../../../services/console/web/data/alerts.ts';
import { formatChange } from '../../../../../services/console/web/data/format-change.ts';
import {
  behindMs,
  endedSince,
  illsOf,
  moversOf,
  shareOf,
  toneOf,
  totalOf,
} from '../../../../../services/console/web/data/home.ts';

const metric = (id: string): MetricSummary => ({ id }) as MetricSummary;
const current = (value: string, ratios: { previous?: string | null; week?: string | null }) =>
  ({
    series: [
      { labels: { country: 'France' }, points: [{ value: '0' }] },
      {
        labels: {},
        points: [
          {
            value,
            compare: Object.fromEntries(
              Object.entries(ratios).map(([name, ratio]) => [name, { ratio }]),
            ),
          },
        ],
      },
    ],
  }) as unknown as ValuesAnswer;

describe('what moved most', () => {
  it('is by how far it differs from yesterday, else from last week, up or down', () => {
    const currents = new Map([
      ['up', current('12', { previous: '1.2', week: '9' })],
      ['down', current('4', { previous: '0.4' })],
      ['week', current('3', { previous: null, week: '1.5' })],
      ['same', current('1', { previous: '1', week: '7' })],
      ['new', current('1', { previous: null, week: null })],
    ]);
    const ids = ['up', 'down', 'week', 'same', 'new', 'gone'].map(metric);
    expect(moversOf(ids, currents).map((one) => [one.metric.id, +one.share.toFixed(3)])).toEqual([
      ['down', -0.6],
      ['week', 0.5],
      ['up', 0.2],
    ]);
  });

  it('is the total, not a part of it', () => {
    expect(totalOf(current('12', {}))?.value).toBe('12');
    expect(totalOf(undefined)).toBeUndefined();
  });

  it('has no share where nothing is compared', () => {
    expect(shareOf(undefined)).toBeNull();
  });

  it('is good where it goes the way that is wanted', () => {
    expect([toneOf('up', 1), toneOf('up', -1), toneOf('down', -1), toneOf('down', 1)]).toEqual([
      'good',
      'bad',
      'good',
      'bad',
    ]);
    expect([toneOf('none', 1), toneOf('up', 0)]).toEqual(['none', 'none']);
  });
});

describe('a change', () => {
  it.each([
    [0.123, '+12.3%'],
    [-0.04, '-4%'],
    [0, '0%'],
    [2.345, '+235%'],
    [11.5, '×12.5'],
  ])('of %d is written %s', (share, text) => {
    expect(formatChange(share, 'en-GB')).toBe(text);
  });
});

const NOW_MS = Date.parse('2026-11-30T12:00:00Z');

describe('alerts that ended', () => {
  it('are those of the last day, the newest first', () => {
    const alert = (id: string, endedAt: string | null) => ({ id, endedAt }) as AlertSummary;
    const alerts = [
      alert('open', null),
      alert('old', '2026-11-29T11:59:59Z'),
      alert('first', '2026-11-29T12:00:00Z'),
      alert('last', '2026-11-30T11:00:00Z'),
    ];
    expect(endedSince(alerts, NOW_MS).map(({ id }) => id)).toEqual(['last', 'first']);
  });
});

describe('the health of the pipeline', () => {
  const eventType = {
    eventType: 'sold',
    watermark: '2026-11-30T11:59:58Z',
    heartbeats: [{ instance: 'ingest-1', ageSeconds: 1, waitingSeconds: 0 }],
    partitions: [{ lastRecordAgeSeconds: 1 }],
    metrics: [{ difference: 0 }],
  };
  const projection = { metric: 'm', state: 'live', cursors: [{ missing: 0 }] };
  const pipeline = (change: object = {}, projected: object = {}, warnings: string[] = []) =>
    ({
      at: '2026-11-30T12:00:00Z',
      eventTypes: [{ ...eventType, ...change }],
      projections: [{ ...projection, ...projected }],
      warnings,
    }) as unknown as PipelineAnswer;
  const NOTHING = { alerts: [], health: [] };

  it('is well when nothing is amiss', () => {
    expect(illsOf(pipeline(), NOTHING)).toEqual([]);
    expect(behindMs(pipeline())).toBe(2_000);
    expect(behindMs(pipeline({ watermark: null }))).toBeNull();
  });

  it.each([
    [{ metrics: [{ difference: -2 }, { difference: 1 }] }, {}, { kind: 'unaccounted', count: 3 }],
    [
      { partitions: [{ lastRecordAgeSeconds: 1 }, { lastRecordAgeSeconds: 11 }] },
      {},
      { kind: 'still', eventType: 'sold', seconds: 11 },
    ],
    [{ partitions: [{ lastRecordAgeSeconds: null }] }, {}, { kind: 'nothing', eventType: 'sold' }],
    [
      { heartbeats: [{ instance: 'ingest-1', ageSeconds: 1, waitingSeconds: 20 }] },
      {},
      { kind: 'waiting', instance: 'ingest-1', seconds: 20 },
    ],
    [{}, { state: 'rebuilding' }, { kind: 'rebuilding', metrics: ['m'] }],
    [{}, { cursors: [{ missing: 5 }] }, { kind: 'incomplete', metrics: ['m'] }],
  ])('is not with %j %j', (change, projected, ill) => {
    expect(illsOf(pipeline(change, projected), NOTHING)).toEqual([ill]);
  });

  it('is not with critical alerts that fire, unless they are silenced', () => {
    const alert = (severity: string, change: object = {}) =>
      ({ rule: 'x', state: 'firing', mutedBy: null, severity, ...change }) as AlertSummary;
    const told = (...alerts: AlertSummary[]) => illsOf(pipeline(), { alerts, health: [] });
    expect(
      told(
        alert('warning'),
        alert('critical', { mutedBy: 's1' }),
        alert('critical', { state: 'ok' }),
      ),
    ).toEqual([]);
    expect(told(alert('critical'), alert('warning'))).toEqual([{ kind: 'firing', count: 1 }]);
  });

  it('does not mistake an instance that was stopped for one that waits', () => {
    const heartbeats = [{ instance: 'ingest-0', ageSeconds: 300, waitingSeconds: 60 }];
    expect(illsOf(pipeline({ heartbeats }), NOTHING)).toEqual([]);
  });

  it('does not ask of an event type that nobody counts', () => {
    expect(illsOf(pipeline({ metrics: [], partitions: [] }), NOTHING)).toEqual([]);
  });

  it('is not with a silent source, a rule that cannot be judged, or a broker that says nothing', () => {
    const alert = (rule: string, state: string) =>
      ({ rule, state, labels: { source: 'erp' } }) as unknown as AlertSummary;
    const told = {
      alerts: [
        alert('source-silent', 'firing'),
        alert('source-silent', 'ok'),
        alert('x', 'firing'),
      ],
      health: [
        { rule: 'odd', state: 'unjudged' as const, detail: 'the metric is not published' },
        { rule: 'resting', state: 'paused' as const, detail: 'its definition says so' },
      ],
    };
    expect(illsOf(pipeline({}, {}, ['the broker is away']), told)).toEqual([
      { kind: 'silent', sources: ['erp'] },
      { kind: 'unjudged', count: 1 },
      { kind: 'warning', detail: 'the broker is away' },
    ]);
  });
});
