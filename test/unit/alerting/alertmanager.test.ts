import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  alertmanagerAlerts,
  alertmanagerBody,
  LEASE_MS,
  leaseMsOf,
  labelFingerprint,
  postableAlert,
} from '../../../services/alerting/core/words/alertmanager.ts';
import type { AlertmanagerBody } from '../../../services/alerting/core/words/alertmanager.ts';
import { parseBody } from '../../../services/alerting/core/words/text-body.ts';
import type { AlertBody } from '../../../services/alerting/core/words/text-body.ts';
import { aRule, bench, salesCatalog, T0 } from '../../support/alerting.ts';

const words = () => ({ title: 'Net sales are low', summary: 'Below 1000.' });
const told = (): readonly AlertBody[] => {
  const b = bench();
  b.hour(0, 900);
  b.hour(1, 1100);
  return b.messages().map(({ body }) => parseBody(body));
};
const only = (body: AlertBody | undefined) => {
  const [alert] = alertmanagerAlerts(body as AlertBody, words);
  if (!alert) throw new Error('no alert');
  return alert;
};

/** What whoever knows alerts by their labels alone holds to burn, after all of these messages. */
function stillBurning(bodies: readonly AlertBody[]): readonly string[] {
  const burning = new Map<string, string>();
  for (const { status, labels, fingerprint } of bodies.flatMap((one) =>
    alertmanagerAlerts(one, words),
  ))
    if (status === 'firing') burning.set(fingerprint, labels['severity'] ?? '');
    else burning.delete(fingerprint);
  return [...burning.values()];
}

describe('a severity that its rule changes while it burns', () => {
  const withSeverity = (severity: 'critical' | 'warning') =>
    salesCatalog({ rules: [aRule({ severity })] });
  const bodiesOf = (b: ReturnType<typeof bench>): readonly AlertBody[] =>
    b.messages().map(({ body }) => parseBody(body));

  test('a fall leaves nothing burning under the graver one when the alert ends', () => {
    const b = bench(withSeverity('critical'));
    b.hour(0, 900);
    b.publish(withSeverity('warning'));
    b.hour(1, 900);
    expect(stillBurning(bodiesOf(b))).toEqual(['critical']);
    b.hour(2, 5000);
    expect(stillBurning(bodiesOf(b))).toEqual([]);
  });

  test('a rise ends the lesser one as it is told, and the end ends both', () => {
    const b = bench(withSeverity('warning'));
    b.hour(0, 900);
    expect(b.publish(withSeverity('critical'))).toEqual(['firing: severity_rise']);
    expect(stillBurning(bodiesOf(b))).toEqual(['critical']);
    b.hour(1, 5000);
    expect(stillBurning(bodiesOf(b))).toEqual([]);
  });

  test('nor does an end by the rule itself leave any', () => {
    const b = bench(withSeverity('warning'));
    b.hour(0, 900);
    b.publish(withSeverity('critical'));
    b.publish(salesCatalog({ rules: [] }));
    expect(stillBurning(bodiesOf(b))).toEqual([]);
  });
});

describe("Alertmanager's body", () => {
  test('of a firing message burns without an end and says all as texts', () => {
    const alert = only(told()[0]);
    expect(alert).toEqual({
      status: 'firing',
      labels: { alertname: 'net-sales-low', metric: 'net-sales', severity: 'critical' },
      annotations: {
        condition: 'value < 1000',
        description: 'Below 1000.',
        owner: 'team:sales',
        summary: 'Net sales are low',
        threshold: '1000',
        value: '900.00',
        worst: '900.00',
      },
      startsAt: '2023-11-14T23:00:00.000Z',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: expect.stringMatching(/^http:\/\/console\/#\/alerts\/[0-9a-f]{32}$/),
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    expect(alertmanagerBody([alert], 'ops-hook')).toEqual({
      version: '4',
      receiver: 'ops-hook',
      status: 'firing',
      alerts: [alert],
      groupLabels: alert.labels,
      commonLabels: alert.labels,
      commonAnnotations: alert.annotations,
      externalURL: 'http://console',
      groupKey: '{}:{alertname="net-sales-low", metric="net-sales", severity="critical"}',
      truncatedAlerts: 0,
    });
  });

  test('of a resolved message has the same fingerprint and its end', () => {
    const [firing, resolved] = told().map(only);
    expect(resolved).toMatchObject({ status: 'resolved', endsAt: '2023-11-15T00:00:00.000Z' });
    expect(resolved?.fingerprint).toBe(firing?.fingerprint);
    expect(resolved?.annotations['recovered']).toBe('1100.00');
  });

  test('of a digest has an alert for each of its messages, and what all say alike', () => {
    const [firing, resolved] = told();
    const digest = { type: 'alert.digest', data: { alerts: [firing, resolved] } } as AlertBody;
    const body = alertmanagerBody(alertmanagerAlerts(digest, words), 'ops-hook');
    expect(body.alerts.map(({ status }) => status)).toEqual(['firing', 'resolved']);
    expect(body).toMatchObject({ status: 'firing', groupLabels: {}, groupKey: '{}:{}' });
    expect(body.commonAnnotations).not.toHaveProperty('value');
    expect(body.commonAnnotations['summary']).toBe('Net sales are low');
  });

  test('of a test is an alert of its own', () => {
    const body = { type: 'receiver.test', timestamp: 'T', data: { receiver: 'ops-hook' } };
    expect(only(body)).toMatchObject({
      status: 'firing',
      startsAt: 'T',
      labels: { alertname: 'tidemark-receiver-test', receiver: 'ops-hook' },
    });
  });

  test('dimensions keep apart from our labels, and no label is empty', () => {
    const [firing] = told();
    const labels = { severity: 'a', store: '', channel: '网店 "x"' };
    const alert = only({ ...firing, data: { ...firing?.data, labels } } as AlertBody);
    expect(alert.labels).toMatchObject({
      severity: 'critical',
      dimension_severity: 'a',
      store: '(empty)',
      channel: '网店 "x"',
    });
    expect(alertmanagerBody([alert], 'r').groupKey).toContain('channel="网店 \\"x\\""');
  });
});

describe('held against what a real Alertmanager sent', () => {
  /** Names and types of all members; what labels and annotations are called is the sender's. */
  const formOf = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(formOf);
    if (typeof value !== 'object' || value === null) return typeof value;
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, member]) => [
          name,
          /labels|annotations/i.test(name)
            ? Object.values(member as object).every((one) => typeof one === 'string')
            : formOf(member),
        ]),
    );
  };
  test.each([
    ['firing', 0],
    ['resolved', 1],
  ] as const)('%s has the same members of the same types', (status, index) => {
    const recorded = JSON.parse(
      readFileSync(`test/data/alertmanager/${status}.json`, 'utf8'),
    ) as object;
    const ours = alertmanagerBody([only(told()[index])], 'hook');
    expect(formOf(ours)).toEqual(formOf(recorded));
    expect(ours).toMatchObject({ version: '4', status });
    // What it says of a set of labels, we say of it too.
    const { alerts, groupKey } = recorded as AlertmanagerBody;
    expect(alertmanagerBody(alerts, 'hook').groupKey).toBe(groupKey);
    expect(alerts.map(({ labels }) => labelFingerprint(labels))).toEqual(
      alerts.map(({ fingerprint }) => fingerprint),
    );
  });
});

describe('a posted alert', () => {
  const firing = only(told()[0]);
  const startMs = T0 + 3_600_000;

  test('burns for the lease from now', () => {
    const nowMs = startMs + 5;
    expect(postableAlert(firing, nowMs)).toMatchObject({
      startsAt: firing.startsAt,
      endsAt: new Date(nowMs + LEASE_MS).toISOString(),
    });
  });

  test.each([
    ['an end ahead of now counts as now', '2030-01-01T00:00:00Z', startMs + 9, 9],
    ['an end before its start counts as its start', '2020-01-01T00:00:00Z', startMs + 9, 0],
    ['an end that has passed stands', new Date(startMs + 4).toISOString(), startMs + 9, 4],
  ])('%s', (_name, endsAt, nowMs, afterMs) => {
    const ended = { ...firing, status: 'resolved', endsAt } as const;
    expect(postableAlert(ended, nowMs).endsAt).toBe(new Date(startMs + afterMs).toISOString());
  });
});

test('a test is held for five minutes, and what burns for the lease', () => {
  const [firing] = told() as readonly [AlertBody];
  expect(leaseMsOf({ type: 'receiver.test', data: { receiver: 'am' } })).toBe(5 * 60_000);
  expect(leaseMsOf(firing)).toBe(LEASE_MS);
});
