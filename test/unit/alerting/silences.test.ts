import { expect, test } from 'vitest';
import type { Command } from '../../../services/kernel/command.ts';
import { DAY_MS, HOUR_MS } from '../../../services/kernel/time.ts';
import { createSilenceView } from '../../../services/alerting/silences.ts';
import { memoryCommandLog } from '../../support/memory-command-log.ts';

const said = (kind: 'silence' | 'unsilence', by: string, at: number): Command =>
  ({
    id: `${kind} ${by} ${at}`,
    kind,
    target: 'sil-1',
    by,
    at,
    text: null,
    ...(kind === 'silence'
      ? { silence: { kind: 'silence', matchers: [], startsAt: at, endsAt: at + HOUR_MS } }
      : {}),
  }) as unknown as Command;

test('a silence that is ended by hand stays to be seen, with who ended it, for another day', async () => {
  const commands = memoryCommandLog();
  let nowMs = 0;
  const view = createSilenceView(commands, () => nowMs);
  await commands.append(said('silence', 'person:anna', 0));
  expect(await view()).toMatchObject([{ id: 'sil-1', endsAt: HOUR_MS }]);
  await commands.append(said('unsilence', 'person:ben', 1_000));
  // Whoever ends it once more, or after its time, changes nothing.
  await commands.append(said('unsilence', 'person:cai', 2_000));
  expect(await view()).toMatchObject([
    { id: 'sil-1', by: 'person:anna', endsAt: 1_000, endedBy: 'person:ben' },
  ]);
  nowMs = 1_000 + DAY_MS;
  expect(await view()).toEqual([]);
});

test('one that runs out says nobody', async () => {
  const commands = memoryCommandLog();
  const view = createSilenceView(commands, () => 2 * HOUR_MS);
  await commands.append(said('silence', 'person:anna', 0));
  await commands.append(said('unsilence', 'person:ben', HOUR_MS));
  const [silence] = await view();
  expect(silence).toMatchObject({ endsAt: HOUR_MS });
  expect(silence).not.toHaveProperty('endedBy');
});
