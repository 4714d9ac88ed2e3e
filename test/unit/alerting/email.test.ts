import { describe, expect, test } from 'vitest';
import { emailOf } from '../../../services/alerting/core/words/email.ts';
import { smtpVerdict } from '../../../services/alerting/adapters/channels/email.ts';
import { alertText } from '../../../services/alerting/core/words/text.ts';
import { bench } from '../../support/alerting.ts';

const FROM = 'tidemark@example.com';
const told = () => {
  const b = bench();
  b.hour(0, 900);
  b.hour(1, 1100);
  return b.messages();
};
const mail = (message: Parameters<typeof emailOf>[0]) =>
  emailOf(message, alertText(message.body, { locale: 'en', timezone: 'UTC' }), FROM);

describe('a letter', () => {
  test('of each message has an id of its own, and all of an episode are one thread', () => {
    const [firing, resolved] = told().map(mail);
    expect(firing?.messageId).toMatch(/^<msg_[0-9a-f]{32}@example\.com>$/);
    expect(resolved?.messageId).not.toBe(firing?.messageId);
    expect(firing?.headers).toMatchObject({
      'Auto-Submitted': 'auto-generated',
      'In-Reply-To': expect.stringMatching(/^<[0-9a-f]{32}@example\.com>$/),
    });
    expect(resolved?.headers['In-Reply-To']).toBe(firing?.headers['In-Reply-To']);
    expect(firing?.headers['References']).toBe(firing?.headers['In-Reply-To']);
  });

  test('of a test belongs to no thread', () => {
    const letter = mail({
      id: 'msg_1',
      receiver: 'r',
      locale: 'en',
      body: '{"type":"receiver.test","data":{}}',
    });
    expect(letter.headers).not.toHaveProperty('References');
  });

  test.each([
    ['https://console/u?t=1&x=<>', '<https://console/u?t=1&x=%3C%3E>', true],
    ['http://127.0.0.1/u', '<http://127.0.0.1/u>', false],
    ['javascript:alert(1)', undefined, false],
    [null, undefined, false],
  ])('promises one click only over https: %s', (unsubscribe, header, isOneClick) => {
    const body = JSON.stringify({ type: 'alert.firing', data: { links: { unsubscribe } } });
    const { headers } = mail({ id: 'm', receiver: 'r', locale: 'en', body });
    expect(headers['List-Unsubscribe']).toBe(header);
    expect(headers['List-Unsubscribe-Post']).toBe(
      isOneClick ? 'List-Unsubscribe=One-Click' : undefined,
    );
  });

  test('escapes all data, and its header is one line', () => {
    const words = {
      title: 'a\r\nBcc: victim@example.com\u0000<b>',
      summary: '<script>alert("1")</script>',
      facts: [['<i>', "'&"]],
      lines: ['<u>'],
      links: [{ label: '"x', url: 'javascript:alert(1)' }],
      tone: 'bad',
    } as const;
    const letter = emailOf(
      { id: 'm\r\nX: y', receiver: '<r>', locale: 'en', body: '{"type":"t"}' },
      words,
      FROM,
    );
    expect(letter.subject).toBe('a Bcc: victim@example.com <b>');
    expect(letter.messageId).toBe('<m X: y@example.com>');
    expect(letter.html).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;');
    expect(letter.html).toContain('&lt;i&gt;');
    expect(letter.html).toContain('&#39;&amp;');
    expect(letter.html).not.toMatch(/<script|<i>|<u>|<r>|javascript:/);
    expect(letter.text).not.toContain('javascript:');
  });

  test("with the receiver's own text has that in both parts, escaped, and what went wrong with it", () => {
    const [message] = told();
    const built = alertText(message?.body ?? '', { locale: 'en', timezone: 'UTC' });
    const words = { ...built, own: 'Call <b>Li</b>\n& wait', note: 'a note' };
    const letter = emailOf(message as NonNullable<typeof message>, words, FROM);
    expect(letter.text).toContain('Call <b>Li</b>\n& wait');
    expect(letter.html).toContain('Call &lt;b&gt;Li&lt;/b&gt;\n&amp; wait');
    expect(letter.text).not.toContain(built.summary);
    expect(letter.text).toMatch(/-- \na note\nSent by Tidemark/);
  });

  test('a subject is cut at 200 characters, never within one', () => {
    const words = { title: '涨'.repeat(300) + '😀', summary: '', facts: [], lines: [], links: [] };
    const { subject } = emailOf(
      { id: 'm', receiver: 'r', locale: 'en', body: '{"type":"t"}' },
      { ...words, tone: 'bad' },
      FROM,
    );
    expect([...subject]).toHaveLength(200);
  });
});

test.each([
  [{ kind: 'accepted', text: '250 ok', accepted: ['a'], refused: [] }, 'delivered', '250 ok'],
  [
    {
      kind: 'accepted',
      text: '250 ok',
      accepted: ['a'],
      refused: [{ address: 'b', code: 550, text: '550 no' }],
    },
    'delivered',
    '250 ok; refused b: 550 no',
  ],
  [
    {
      kind: 'accepted',
      text: '250 ok',
      accepted: ['a'],
      refused: [{ address: 'b', code: 451, text: '451 later' }],
    },
    'retryable',
    'b: 451 later',
  ],
  [{ kind: 'answered', code: 421, text: '421 busy' }, 'retryable', '421 busy'],
  [{ kind: 'answered', code: 550, text: '550 no' }, 'permanent', '550 no'],
  [{ kind: 'login_refused', text: '535' }, 'retryable', 'the login was refused: 535'],
  [{ kind: 'failed', detail: 'ECONNREFUSED' }, 'retryable', 'ECONNREFUSED'],
  [{ kind: 'refused', detail: 'private' }, 'refused', 'private'],
] as const)('%o is %s', (answer, kind, detail) => {
  expect(smtpVerdict(answer)).toEqual({ kind, detail });
});
