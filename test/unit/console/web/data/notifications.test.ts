import { expect, test } from 'vitest';
import { merged } from '../../../../../services/console/web/data/notifications.ts';
import type { BrowserNotification } from '../../../../../services/kernel/notification.ts';

const one = (id: string, at: number): BrowserNotification => ({
  id,
  receiver: 'r',
  kind: 'firing',
  tone: 'bad',
  alert: null,
  at,
  texts: { en: { title: id, summary: '' }, zh: { title: id, summary: '' } },
});

test('messages are shown once each, newest first, and no more than are kept', () => {
  const held = merged([], [one('a', 1), one('b', 3)]);
  expect(merged(held, [one('a', 1), one('c', 2)]).map(({ id }) => id)).toEqual(['b', 'c', 'a']);
  const many = Array.from({ length: 300 }, (_, i) => one(`m${i}`, i));
  expect(merged([], many)).toHaveLength(200);
  expect(merged([], many)[0]?.id).toBe('m299');
});
