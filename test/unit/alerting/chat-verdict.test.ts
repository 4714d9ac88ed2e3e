import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { dingtalkSign } from '../../../services/alerting/adapters/channels/dingtalk.ts';
import { feishuSign } from '../../../services/alerting/adapters/channels/feishu.ts';
import {
  dingtalkVerdict,
  feishuVerdict,
  slackApiAnswer,
  slackWebhookVerdict,
  wecomVerdict,
} from '../../../services/alerting/core/sending/chat-verdict.ts';
import type { ChatAnswer } from '../../../services/alerting/core/sending/chat-verdict.ts';
import { afterAttempt, NOT_TRIED } from '../../../services/alerting/core/sending/delivery.ts';
import type { Verdict } from '../../../services/alerting/core/sending/delivery.ts';
import { retryAfterOf } from '../../../services/alerting/core/sending/retry-after.ts';

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../data/channels/${name}.json`, import.meta.url), 'utf8'));

type Answer = {
  service: string;
  what: string;
  answer: { status: number; headers: Record<string, string>; body: string };
  verdict: { kind: string; retryAfterMs?: number };
};
const VERDICTS: Readonly<Record<string, (answer: ChatAnswer) => Verdict>> = {
  feishu: feishuVerdict,
  dingtalk: dingtalkVerdict,
  wecom: wecomVerdict,
  'slack webhook': slackWebhookVerdict,
  'slack api': (answer) => slackApiAnswer(answer).verdict,
};

describe('the verdict comes from the body, whatever the status says', () => {
  test.each(read('answers') as Answer[])('$service: $what', ({ service, answer, verdict }) => {
    const { status, headers, body } = answer;
    const retryAfterMs = retryAfterOf(headers['retry-after'], 0);
    const judged = VERDICTS[service]?.({
      status,
      body,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
    const { detail, ...rest } = judged as Verdict;
    expect(rest).toEqual(verdict);
    expect(detail).not.toBe('');
  });
});

test('a service that asks for ten minutes is not tried before they are over', () => {
  const verdict = dingtalkVerdict({ status: 200, body: '{"errcode":130101,"errmsg":"too fast"}' });
  const next = afterAttempt(NOT_TRIED, verdict, {
    messageId: 'msg_1',
    nowMs: 1_000,
    schedule: [5_000],
  });
  expect(next).toMatchObject({ status: 'waiting', nextAttemptMs: 601_000 });
});

type Signature = { service: string; secret: string; timestamp: number; sign: string };
describe('signatures equal those that another implementation made', () => {
  test.each(read('signatures') as Signature[])(
    '$service, $timestamp',
    ({ service, secret, timestamp, sign }) => {
      const made = service === 'feishu' ? feishuSign : dingtalkSign;
      expect(made(secret, timestamp)).toBe(sign);
    },
  );
});

test.each([
  ['30', 30_000],
  ['Thu, 01 Jan 1970 00:01:00 GMT', 60_000],
  ['soon', undefined],
  [undefined, undefined],
])('Retry-After %s', (text, ms) => {
  expect(retryAfterOf(text, 0)).toBe(ms);
});
