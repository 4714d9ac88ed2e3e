import { expect, test } from 'vitest';
import { DIGEST_MESSAGES_MAX, digestOf } from '../../../services/alerting/core/sending/digest.ts';
import { alertText } from '../../../services/alerting/core/words/text.ts';
import { chatMessage } from '../../support/chat-messages.ts';

const EN = { locale: 'en', timezone: 'UTC' } as const;
const digest = (messages: ReturnType<typeof chatMessage>[], bytesMax = 1_000_000) => {
  const made = digestOf(messages, { audience: EN, bytesMax });
  return { ...made, text: alertText(made.digest.body, EN) };
};

test('the worst comes first: what burns, then by severity, then by distance from the threshold', () => {
  const { text, told } = digest([
    chatMessage('ended', { type: 'alert.resolved' }),
    chatMessage('info', { severity: 'info' }),
    chatMessage('near', { value: '990.00' }),
    chatMessage('far', { value: '10.00' }),
    chatMessage('warning', { severity: 'warning' }),
  ]);
  expect(told.map(({ id }) => id.slice(4))).toEqual(['far', 'near', 'warning', 'info', 'ended']);
  expect(text.title).toBe('5 alerts');
  expect(text.lines[0]).toBe('Critical · firing: Net sales (store=far) 10.00 CNY');
  expect(text.lines[4]).toBe('Critical · resolved: Net sales (store=ended) 950.00 CNY');
  expect(text.tone).toBe('bad');
  expect(text.links).toEqual([{ label: 'Open', url: 'https://t.example/#/alerts' }]);
});

test('above a threshold the larger value is the worse', () => {
  const above = (id: string, value: string) =>
    chatMessage(id, { value, data: { condition: 'value > 10', threshold: '10' } });
  const { told } = digest([above('small', '11'), above('large', '900'), above('middle', '50')]);
  expect(told.map(({ id }) => id.slice(4))).toEqual(['large', 'middle', 'small']);
});

test.each([1, 150, 400, 1_000, 5_000])(
  'in %d bytes it tells exactly what it has lines for',
  (bytes) => {
    const messages = Array.from({ length: 100 }, (_, i) => chatMessage(`${i}`));
    const { told, text } = digest(messages, bytes);
    expect(told.length).toBeGreaterThanOrEqual(1);
    expect(text.lines).toHaveLength(told.length);
    for (const { id } of told)
      expect(text.lines.some((line) => line.includes(`store=${id.slice(4)})`))).toBe(true);
  },
);

test('it has at most so many messages, and one id for the same ones in whatever order they came', () => {
  const messages = Array.from({ length: 700 }, (_, i) => chatMessage(`${i}`, { value: `${i}.00` }));
  const one = digest(messages);
  const other = digest(messages.toReversed());
  expect(one.told).toHaveLength(DIGEST_MESSAGES_MAX);
  expect(one.digest.id).toBe(other.digest.id);
  expect(one.digest.body).toBe(other.digest.body);
  expect(digest(messages.slice(1)).digest.id).not.toBe(one.digest.id);
});
