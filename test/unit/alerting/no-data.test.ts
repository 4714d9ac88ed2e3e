import { describe, expect, test } from 'vitest';
import { inconclusiveOf } from '../../../services/alerting/core/partition/inconclusive.ts';
import { memoryMs } from '../../../services/alerting/core/plan/plan.ts';
import { alertText } from '../../../services/alerting/core/words/text.ts';
import type {
  AlertRuleDefinition,
  PersonDefinition,
} from '../../../services/kernel/definitions.ts';
import {
  aReceiver,
  aRule,
  at,
  bench,
  HOUR,
  plansOf,
  salesCatalog,
} from '../../support/alerting.ts';
import { catalogOf } from '../../support/platform.ts';
import { aMetric } from '../../support/metrics.ts';

type Bench = ReturnType<typeof bench>;
/** Of an average: a window without events has no value, where a sum is 0. */
const averages = (over: Partial<AlertRuleDefinition>) =>
  salesCatalog({
    metrics: [aMetric({ timezone: 'UTC', aggregation: 'avg' })],
    rules: [aRule(over)],
  });
const patient = { noData: 'nodata', noDataAfter: 3 } as const;
const lastSaid = (b: Bench, locale: 'en' | 'zh' = 'en') =>
  alertText(b.messages().at(-1)?.body ?? '', { locale, timezone: 'UTC' }).summary;

describe('nodata after K windows', () => {
  test('is told with the last of them that closes in a row, and says since when', () => {
    const b = bench(averages(patient));
    b.hour(0, 5000);
    expect([b.tick(2), b.tick(3), b.condition()]).toEqual([[], [], 'ok']);
    expect(b.tick(4)).toEqual(['nodata: absent']);
    expect(JSON.parse(b.messages()[0]?.body ?? '').data).toMatchObject({
      noData: { since: new Date(at(1)).toISOString(), windows: 3 },
    });
    expect(lastSaid(b)).toBe('No data since 2023-11-14 23:00, 3 windows.');
    expect(lastSaid(b, 'zh')).toBe('自 2023-11-14 23:00 起无数据，已 3 个窗口。');
    expect(b.hour(4, 5000)).toEqual(['resolved: data_returned']);
  });

  test('a window with events begins the count anew; what fires goes on until then', () => {
    const b = bench(averages(patient));
    b.hour(0, 5000);
    b.tick(3);
    b.hour(3, 900);
    expect(b.condition()).toBe('firing');
    expect([b.tick(5), b.tick(6)]).toEqual([[], []]);
    expect(b.condition()).toBe('firing');
    expect(b.tick(7)).toEqual(['nodata: absent']);
  });

  test('windows that say nothing neither count nor interrupt', () => {
    const b = bench(averages({ ...patient, minCount: 5 }));
    b.hour(0, 5000);
    b.tick(3);
    b.value(3, 5000, { accumulators: { contributions: 1, sum: 500_000 } });
    expect(b.tick(4)).toEqual([]);
    expect(b.tick(5)).toEqual(['nodata: absent']);
  });

  test('late data in one of them is one fewer', () => {
    const b = bench(averages(patient));
    b.hour(0, 5000);
    b.tick(3);
    b.value(1, 5000, { state: 'closed', revision: 1 });
    expect(b.tick(4)).toEqual([]);
    expect(b.tick(5)).toEqual(['nodata: absent']);
  });

  test('where nothing comes any more, not even the watermark, it is told by the clock of the log', () => {
    const b = bench(averages(patient));
    b.hour(0, 5000);
    const ticks = (from: number, to: number) => {
      const said: string[] = [];
      for (let hour = from; hour < to; hour += 1 / 240) said.push(...b.clock(hour));
      return said;
    };
    expect(ticks(1.01, 4.05)).toEqual([]);
    expect(ticks(4.05, 4.2)).toEqual(['nodata: absent']);
    expect(lastSaid(b)).toBe('No data since 2023-11-14 23:00, 3 windows.');
    expect(ticks(4.2, 8)).toEqual([]);
    b.value(1, 5000);
    b.value(2, 5000);
    b.value(3, 900);
    expect(b.tick(4)).toEqual(['firing: breach']);
  });
});

test('what counts for how long there is no data is remembered, also for whoever reads the log again', () => {
  const memoryOf = (over: Partial<AlertRuleDefinition>) =>
    plansOf(catalogOf(averages(over))).map(memoryMs);
  const [plain = 0] = memoryOf({});
  expect(memoryOf({ noDataAfter: 100 })).toEqual([100 * HOUR]);
  expect(memoryOf({ noDataAfter: 1 })).toEqual([plain]);
});

describe('a severity of its own', () => {
  const quiet = { noDataSeverity: 'info', severity: 'critical' } as const;

  test('holds while there is no data; with the breach the rule has its own again, and asks again', () => {
    const b = bench(averages(quiet));
    b.hour(0, 5000);
    b.tick(2);
    const severities = () =>
      b.messages().map(({ body }) => JSON.parse(body).data.alert.severity as string);
    expect([b.alert().severity, severities()]).toEqual(['info', ['info']]);
    b.say(2.1, { kind: 'acknowledge', until: at(99) });
    expect(b.hour(2, 900)).toEqual(['firing: breach']);
    expect([b.alert().severity, severities()]).toEqual(['critical', ['info', 'critical']]);
    expect(b.alert().episode?.overlay.ack).toBeNull();
    b.tick(4);
    expect([b.alert().severity, b.condition()]).toEqual(['info', 'nodata']);
    expect(b.publish(averages(quiet))).toEqual([]);
    expect(b.publish(averages({ ...quiet, noDataSeverity: 'critical' }))).toEqual([
      'nodata: severity_rise',
    ]);
  });

  test('a gap of lesser gravity between two breaches takes back no acknowledgement', () => {
    const b = bench(averages(quiet));
    b.hour(0, 900);
    b.say(1.1, { kind: 'acknowledge', until: at(99) });
    expect(b.tick(2)).toEqual(['nodata: absent']);
    expect(b.hour(2, 900)).toEqual(['firing: breach_again']);
    expect(b.alert().episode?.overlay.ack).toMatchObject({ by: 'person:li-wei' });
  });

  test('decides about quiet hours and followers', () => {
    const anna: PersonDefinition = {
      id: 'anna',
      name: { en: 'Anna' },
      locale: 'en',
      timezone: 'UTC',
      receivers: ['anna-hook'],
      quietHours: [{ from: '22:00', to: '07:00' }],
    };
    const b = bench(
      salesCatalog({
        metrics: [aMetric({ timezone: 'UTC', aggregation: 'avg', owner: 'person:anna' })],
        rules: [aRule(quiet)],
        people: [anna],
        receivers: ['anna-hook', 'room'].map((id) => aReceiver({ id })),
        subscriptions: [
          { id: 'grave', who: 'team:sales', receiver: 'room', where: {}, severity: 'warning' },
        ],
      }),
    );
    b.hour(0, 5000);
    b.tick(2);
    expect(b.messages().map(({ receiver, heldUntilMs }) => [receiver, heldUntilMs])).toEqual([
      ['anna-hook', at(9)],
    ]);
  });
});

test('what is said again of an alert that keeps its last state says how old that is', () => {
  const b = bench(averages({ noData: 'keepLast', notify: { repeatMs: [2 * 3_600_000] } }));
  b.hour(0, 900);
  expect(lastSaid(b)).not.toContain('No data');
  b.tick(2);
  b.tick(3);
  expect(b.clock(3.1)).toEqual(['repeated: repeat_interval']);
  expect(lastSaid(b)).toContain('No data since 2023-11-14 23:00, 2 windows.');
});

test('case 16: what was so already says it to people', () => {
  const b = bench(salesCatalog({ rules: [aRule({ id: 'other' })] }));
  b.hour(0, 900);
  expect(lastSaid(b)).not.toContain('already');
  b.publish(salesCatalog());
  b.tick(1.02);
  expect(lastSaid(b)).toContain('It was so already when the rule was taken up.');
  expect(lastSaid(b, 'zh')).toContain('规则启用时已处于该状态。');
});

test('series whose last window says nothing are counted by rule', () => {
  const b = bench(averages({ minCount: 100 }));
  const count = () => [...inconclusiveOf([b.alert()])];
  b.hour(0, 5000);
  expect(count()).toEqual([['net-sales-low', 1]]);
  const few = bench(averages({}));
  few.hour(0, 5000);
  expect([...inconclusiveOf([few.alert()])]).toEqual([['net-sales-low', 0]]);
});
