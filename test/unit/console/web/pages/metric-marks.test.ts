import { h } from 'preact';
import { beforeEach, expect, test, vi } from 'vitest';
import type { MetricAnswer } from '../../../../../services/console/core/answers.ts';
import { MetricNotes } from '../../../../../services/console/web/pages/metric-notes.ts';
import { MetricVersions } from '../../../../../services/console/web/pages/metric-versions.ts';
import { openDrawing } from '../../../../support/drawing.ts';

const metric = { id: 'net-sales', timezone: 'UTC' } as MetricAnswer;
const names = new Map([
  ['person:anna', 'Anna Schmidt'],
  ['person:zhang-min', 'Zhang Min'],
]);
const at = '2026-11-30T00:00:00Z';
const atMs = Date.parse(at);

beforeEach(() => void vi.stubGlobal('navigator', { languages: ['en-GB'] }));

test('versions say by name who wrote and approved them, by id whom the catalogue does not know', async () => {
  const page = openDrawing();
  const version = { at, atMs, state: 'published', origin: 'console', text: '' } as const;
  const versions = [
    { ...version, revision: 1, version: 'v1', author: 'person:gone' },
    {
      ...version,
      revision: 2,
      version: 'v2',
      author: 'person:anna',
      approvedBy: 'person:zhang-min',
    },
  ];
  await page.draw(h(MetricVersions, { metric, versions, names }));
  expect(page.text()).toMatch(/Anna Schmidt · approved by Zhang Min.+gone$/);
});

test('notes say by name who wrote them, and are taken back where the reader may', async () => {
  const page = openDrawing();
  const note = { id: 'n1', at, atMs, labels: {}, text: 'Strike', writtenAt: at };
  await page.draw(
    h(MetricNotes, {
      metric,
      notes: [
        { ...note, by: 'person:anna', mayRemove: true },
        { ...note, id: 'n2', text: 'Another’s', by: 'person:zhang-min', mayRemove: false },
      ],
      names,
      labels: {},
      at: undefined,
      mayAdd: true,
      reload: () => undefined,
    }),
  );
  expect(page.text()).toMatch(/Zhang MinStrike.+Anna Schmidt×/);
  expect(page.buttons('×')).toBe(1);
});

test.each([
  [true, 1, /Add$/],
  [false, 0, /People with the role owner add notes\.$/],
  // Nothing is offered, and nothing denied, before it is known.
  [undefined, 0, /^Notes$/],
])('whoever may put a note there (%s) is offered to', async (mayAdd, buttons, text) => {
  const page = openDrawing();
  const nothing = { notes: [], names, labels: {}, at: undefined, reload: () => undefined };
  await page.draw(h(MetricNotes, { metric, mayAdd, ...nothing }));
  expect(page.buttons('Add')).toBe(buttons);
  expect(page.text()).toMatch(text);
});
