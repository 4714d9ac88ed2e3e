import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { trimBytes, utf8Bytes } from '../../../services/alerting/core/words/byte-limits.ts';
import { digestOf } from '../../../services/alerting/core/sending/digest.ts';
import { feishuCard } from '../../../services/alerting/core/words/feishu-form.ts';
import {
  dingtalkMessage,
  wecomMessage,
} from '../../../services/alerting/core/words/markdown-form.ts';
import type { MessageText } from '../../../services/alerting/core/words/message-text.ts';
import { digestBytesOf } from '../../../services/alerting/core/sending/pace.ts';
import { slackForm } from '../../../services/alerting/core/words/slack-form.ts';
import { alertText } from '../../../services/alerting/core/words/text.ts';
import type { ReceiverDefinition } from '../../../services/kernel/definitions.ts';
import { chatMessage } from '../../support/chat-messages.ts';

/** Short and long, of every script, with the marks of every markup. */
const anyText = (maxLength: number) =>
  fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.string({ unit: fc.constantFrom(...'<>[]*~`&"\\_#|@!()\n长é👨‍👩‍👧‍👦'), maxLength }),
    fc
      .tuple(fc.constantFrom('a', '长', '👨‍👩‍👧‍👦', '"', '<'), fc.nat(maxLength))
      .map(([one, n]) => one.repeat(n)),
  );
const url = fc.constantFrom(
  'https://t.example/#/alerts/a',
  'https://t.example/ack?t=1',
  'http://r.example',
);

const messageText: fc.Arbitrary<MessageText> = fc.record(
  {
    title: anyText(3_000),
    summary: anyText(20_000),
    facts: fc.array(fc.tuple(fc.string({ minLength: 1, maxLength: 20 }), anyText(5_000)), {
      maxLength: 16,
    }),
    lines: fc.oneof(fc.constant([]), fc.array(anyText(400), { maxLength: 200 })),
    links: fc.array(fc.record({ label: fc.constantFrom('Open', '确认'), url }), { maxLength: 3 }),
    tone: fc.constantFrom('bad', 'warning', 'good', 'neutral'),
    own: anyText(30_000),
    note: fc.string({ maxLength: 200 }),
  },
  { requiredKeys: ['title', 'summary', 'facts', 'lines', 'links', 'tone'] },
);

describe('whatever a message holds, its form is within the limit of the service', () => {
  test('Slack: blocks, and each text in them', () => {
    fc.assert(
      fc.property(messageText, (text) => {
        const form = slackForm(text);
        expect(JSON.stringify(form.blocks).length).toBeLessThanOrEqual(13_200);
        expect(form.blocks.length).toBeLessThanOrEqual(50);
        expect(form.text.length).toBeLessThanOrEqual(40_000);
      }),
      { numRuns: 300 },
    );
  });

  test('Feishu: 20,000 bytes with signature and time', () => {
    fc.assert(
      fc.property(messageText, (text) => {
        const card = feishuCard(text);
        const request = {
          timestamp: '1782889231',
          sign: 'x'.repeat(44),
          msg_type: 'interactive',
          card,
        };
        expect(utf8Bytes(JSON.stringify(request))).toBeLessThanOrEqual(20_000);
      }),
      { numRuns: 300 },
    );
  });

  test('DingTalk: 20,000 bytes', () => {
    fc.assert(
      fc.property(messageText, (text) => {
        expect(utf8Bytes(JSON.stringify(dingtalkMessage(text)))).toBeLessThanOrEqual(20_000);
      }),
      { numRuns: 300 },
    );
  });

  test('WeCom: 4,096 bytes, and all links are there', () => {
    fc.assert(
      fc.property(messageText, (text) => {
        const { content } = (wecomMessage(text) as { markdown: { content: string } }).markdown;
        expect(utf8Bytes(content)).toBeLessThanOrEqual(4_096);
        for (const link of text.links) expect(content).toContain(`](${link.url})`);
      }),
      { numRuns: 300 },
    );
  });
});

test('a digest names each message that it tells, within every service’s limit', () => {
  const severity = fc.constantFrom('critical', 'warning', 'info');
  const type = fc.constantFrom('alert.firing', 'alert.resolved', 'alert.nodata');
  const one = fc.record({ severity, type, labels: fc.record({ store: anyText(400) }) });
  fc.assert(
    fc.property(fc.array(one, { minLength: 1, maxLength: 60 }), (list) => {
      const messages = list.map((over, i) => chatMessage(`${i}`, over));
      const url = 'https://a.example/b';
      for (const kind of ['slack', 'feishu', 'dingtalk', 'wecom'] as const) {
        const bytesMax = digestBytesOf({ id: 'r', type: kind, url } as ReceiverDefinition) ?? 0;
        const audience = { locale: 'zh', timezone: 'UTC' } as const;
        const { digest, told } = digestOf(messages, { audience, bytesMax });
        const text = alertText(digest.body, audience);
        expect(text.lines).toHaveLength(told.length);
        expect(told.length === messages.length || told.length >= 1).toBe(true);
        expect(JSON.stringify(slackForm(text).blocks).length).toBeLessThanOrEqual(
          kind === 'slack' ? 13_200 : Infinity,
        );
        if (kind === 'feishu')
          expect(utf8Bytes(JSON.stringify(feishuCard(text)))).toBeLessThanOrEqual(19_700);
        if (kind === 'dingtalk')
          expect(utf8Bytes(JSON.stringify(dingtalkMessage(text)))).toBeLessThanOrEqual(20_000);
        if (kind === 'wecom')
          expect(
            utf8Bytes((wecomMessage(text) as { markdown: { content: string } }).markdown.content),
          ).toBeLessThanOrEqual(4_096);
      }
    }),
    { numRuns: 60 },
  );
});

test('what is cut is the beginning of the text, whole characters, and no longer than allowed', () => {
  fc.assert(
    fc.property(anyText(300), fc.nat(200), (text, most) => {
      const cut = trimBytes(text, most);
      expect(utf8Bytes(cut)).toBeLessThanOrEqual(Math.max(most, 0));
      if (cut !== text) expect(text.startsWith(cut.replace(/…$/, ''))).toBe(true);
      expect(cut.isWellFormed()).toBe(text.isWellFormed() || cut.isWellFormed());
    }),
  );
});
