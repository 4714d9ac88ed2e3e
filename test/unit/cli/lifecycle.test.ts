import { expect, test } from 'vitest';
import { createLifecycle } from '../../../services/cli/lifecycle.ts';

test('what was opened last is closed first', async () => {
  const closed: string[] = [];
  const lifecycle = createLifecycle(() => {});
  for (const what of ['servers', 'kafka', 'services'])
    lifecycle.onClose(what, async () => closed.push(what));
  await lifecycle.close();
  expect(closed).toEqual(['services', 'kafka', 'servers']);
});

test('a step that fails is named and stops no other', async () => {
  const problems: string[] = [];
  const closed: string[] = [];
  const lifecycle = createLifecycle((what, problem) => problems.push(`${what}: ${problem}`));
  lifecycle.onClose('servers', async () => closed.push('servers'));
  lifecycle.onClose('kafka', async () => {
    throw new Error('not connected');
  });
  await lifecycle.close();
  expect(problems).toEqual(['kafka: not connected']);
  expect(closed).toEqual(['servers']);
});

test('closing twice closes once, and both wait for it', async () => {
  let count = 0;
  const lifecycle = createLifecycle(() => {});
  lifecycle.onClose('servers', async () => {
    count += 1;
  });
  await Promise.all([lifecycle.close(), lifecycle.close()]);
  expect(count).toBe(1);
  expect(lifecycle.isClosing()).toBe(true);
});

test('steps that close together do not wait for each other', async () => {
  const lifecycle = createLifecycle(() => {});
  const both = Promise.withResolvers<void>();
  lifecycle.onCloseTogether([
    { what: 'ingest', close: () => both.promise },
    { what: 'console', close: async () => both.resolve() },
  ]);
  await lifecycle.close();
});

test('what is opened while the rest closes is closed too, and closing waits for it', async () => {
  const closed: string[] = [];
  const lifecycle = createLifecycle(() => {});
  lifecycle.onClose('servers', async () => {
    lifecycle.onClose('late', async () => closed.push('late'));
    closed.push('servers');
  });
  await lifecycle.close();
  lifecycle.onClose('later', async () => closed.push('later'));
  await lifecycle.close();
  expect(closed).toEqual(['servers', 'late', 'later']);
});
