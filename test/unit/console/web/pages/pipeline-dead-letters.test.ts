import { h } from 'preact';
import { afterEach, expect, test, vi } from 'vitest';
import type { ResendAllAnswer } from '../../../../../services/console/core/dead-letters/answers.ts';
import { Reasons } from '../../../../../services/console/web/pages/pipeline-dead-letters.ts';
import { openDrawing } from '../../../../support/drawing.ts';

afterEach(() => void vi.unstubAllGlobals());

/** The table of one reason, and the API that resends when the test says so. */
function aTable() {
  const answered = Promise.withResolvers<ResendAllAnswer>();
  vi.stubGlobal('sessionStorage', { getItem: () => null });
  vi.stubGlobal('navigator', { languages: ['en-GB'] });
  vi.stubGlobal('fetch', async () => Response.json(await answered.promise));
  const page = openDrawing();
  const reload = vi.fn<() => void>();
  return {
    ...page,
    reload,
    answer: answered.resolve,
    fail: answered.reject,
    /** What the list says when it was read anew. */
    tell: (letters: number, resent: number) =>
      page.draw(
        h(Reasons, {
          reasons: [{ eventType: 'orders', code: 'schema_unknown', letters, resent }],
          chosen: undefined,
          onChoose: () => undefined,
          reload,
        }),
      ),
  };
}

test('who resends all of a reason is told so, whatever the list says meanwhile', async () => {
  const table = aTable();
  await table.tell(3, 0);
  await table.click('Resend 3');
  await table.click('Write again');
  // All are written again, and those that cannot be processed still are not back yet.
  await table.tell(3, 3);
  table.answer({ resent: 3, refused: [], left: 0 });
  await vi.waitFor(() => expect(table.reload).toHaveBeenCalled());
  await table.tell(3, 3);
  expect(table.text()).toContain('3 written again');
  expect(table.buttons('Resend 0')).toBe(0);
  await table.tell(6, 3);
  expect(table.text()).toContain('3 written again');
  expect(table.buttons('Resend 3')).toBe(1);
});

test('that it failed is told too, though none is left', async () => {
  const table = aTable();
  await table.tell(3, 0);
  await table.click('Resend 3');
  await table.click('Write again');
  await table.tell(3, 3);
  expect(table.buttons('Write again')).toBe(1);
  table.fail(new Error('cut off'));
  await vi.waitFor(() => expect(table.text()).toContain('the server does not answer'));
});

test('where somebody else resent all, there is nothing left to confirm', async () => {
  const table = aTable();
  await table.tell(3, 0);
  await table.click('Resend 3');
  await table.tell(3, 3);
  expect(table.buttons('Write again')).toBe(0);
  // What was asked of those is not asked again of what comes later.
  await table.tell(5, 3);
  expect(table.buttons('Write again')).toBe(0);
  expect(table.buttons('Resend 2')).toBe(1);
});
