import { expect, test } from 'vitest';
import { isToldBy } from '../../../../services/console/core/notifications.ts';
import { catalogOf } from '../../../support/platform.ts';

const catalog = catalogOf({
  people: [
    {
      id: 'li',
      name: { en: 'Li' },
      locale: 'zh-CN',
      timezone: 'UTC',
      quietHours: [],
      absences: [],
      receivers: ['li-browser'],
    } as never,
    { id: 'anna', name: { en: 'Anna' }, locale: 'en', timezone: 'UTC', receivers: [] } as never,
  ],
  teams: [
    {
      id: 'sales',
      name: { en: 'Sales' },
      members: ['person:li'],
      timezone: 'UTC',
      receivers: ['sales-browser'],
    },
  ],
});

test.each([
  ['li-browser', 'person:li', true],
  ['sales-browser', 'person:li', true],
  ['li-browser', 'person:anna', false],
  ['sales-browser', 'person:anna', false],
  ['li-browser', 'person:local', true],
])('%s is told to %s: %s', (receiver, person, isTold) => {
  expect(isToldBy(receiver, person, catalog)).toBe(isTold);
});
