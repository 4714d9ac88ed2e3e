import { h } from 'preact';
import { useState } from 'preact/hooks';
import { expect, test } from 'vitest';
import type { Resource } from '../../../../../services/console/web/data/resource.ts';
import { Shown } from '../../../../../services/console/web/parts/notice.ts';
import { openDrawing } from '../../../../support/drawing.ts';

/** Something that the reader of the page changes, and the page alone knows. */
function Counter() {
  const [count, setCount] = useState(0);
  return h('button', { onClick: () => setCount(count + 1) }, `count ${count}`);
}

test('a refresh that fails, and one that mends it, take nothing from the reader that was begun', async () => {
  const page = openDrawing();
  const draw = (resource: Resource<string>) =>
    page.draw(
      h(Shown<string>, {
        resource,
        reload: () => undefined,
        render: (data) => [h('h2', null, data), h(Counter, null)],
      }),
    );
  const fresh = { kind: 'ready', data: 'orders', atMs: 0 } as const;
  await draw(fresh);
  await page.click('count 0');
  await draw({ ...fresh, kind: 'stale', error: new Error('away') });
  expect(page.text()).toContain('the last refresh failed (away)');
  expect(page.text()).toContain('orderscount 1');
  await draw(fresh);
  expect(page.text()).toBe('orderscount 1');
});
