import type { Message } from '../../services/alerting/core/alert/episode.ts';

type Over = {
  readonly type?: string;
  readonly severity?: string;
  readonly episode?: string;
  readonly value?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly outcome?: string | null;
  readonly locale?: 'en' | 'zh';
  readonly data?: object;
};

/** A message of contract section 7 to `ops`; tests name what they are about. */
export function chatMessage(id: string, over: Over = {}): Message {
  const { type = 'alert.firing', severity = 'critical', episode = `e-${id}` } = over;
  const body = {
    type,
    timestamp: '2026-07-01T07:00:31Z',
    data: {
      alert: {
        id: `a-${id}`,
        episode,
        rule: 'net-sales-low',
        severity,
        state: 'firing',
        startedAt: '2026-07-01T07:00:00Z',
        endedAt: null,
        outcome: over.outcome ?? null,
      },
      metric: { id: 'net-sales', version: 'v1', name: 'Net sales', unit: 'CNY' },
      labels: over.labels ?? { store: id },
      window: {
        start: '2026-07-01T06:00:00Z',
        end: '2026-07-01T07:00:00Z',
        state: 'closed',
        revision: 0,
      },
      condition: 'value < 1000',
      value: over.value ?? '950.00',
      previous: '1200.00',
      threshold: '1000',
      target: null,
      breached: over.value ?? '950.00',
      worst: over.value ?? '950.00',
      recovered: null,
      owner: { accountable: 'person:li-wei', deputy: 'person:anna', via: 'sales-owners' },
      evidence: {
        watermark: '2026-07-01T07:00:30Z',
        completeness: 1,
        cursors: [{ topic: 'events.x', partition: 0, offset: 7 }],
      },
      links: {
        console: `https://t.example/#/alerts/a-${id}`,
        ack: 'https://t.example/ack?token=abc',
        runbook: 'https://runbooks.example/net-sales-low',
      },
      ...over.data,
    },
  };
  return {
    id: `msg_${id}`,
    receiver: 'ops',
    to: 'person:li-wei',
    locale: over.locale ?? 'en',
    timezone: 'Asia/Shanghai',
    kind: 'firing',
    body: JSON.stringify(body),
    decidedAtMs: 1_782_889_231_000,
    shownAtMs: 1_782_889_230_000,
  };
}

/** What members of a label may be at worst: markup of every service, long, of characters that must not be cut. */
export const HOSTILE_MEMBER =
  '<@all> <!channel> [a](https://evil.example) *b* _c_ ~d~ `e` </font> \\ " & \n## 头\n> 引用 \u202Egnp.exe ' +
  '👨‍👩‍👧‍👦🇨🇳é'.repeat(2_000) +
  '长'.repeat(20_000);
