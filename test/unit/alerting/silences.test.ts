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

test('one that is over may begin anew under its id, as alerting itself takes it', async () => {
  for (const end of ['by hand', 'by time']) {
    const commands = memoryCommandLog();
    const againAt = end === 'by hand' ? 2_000 : HOUR_MS;
    const view = createSilenceView(commands, () => againAt);
    await commands.append(said('silence', 'person:anna', 0));
    if (end === 'by hand') await commands.append(said('unsilence', 'person:ben', 1_000));
    expect(await view()).toHaveLength(1);
    await commands.append(said('silence', 'person:anna', againAt));
    const [silence] = await view();
    expect(silence).toMatchObject({ startsAt: againAt, endsAt: againAt + HOUR_MS });
    expect(silence).not.toHaveProperty('endedBy');
  }
});

test('one that is taken back before it begins was none', async () => {
  const commands = memoryCommandLog();
  const view = createSilenceView(commands, () => 1_000);
  const window = { kind: 'maintenance', matchers: [], startsAt: HOUR_MS, endsAt: 2 * HOUR_MS };
  const planned = { ...said('silence', 'person:anna', 0), silence: window } as unknown as Command;
  await commands.append(planned);
  expect(await view()).toHaveLength(1);
  await commands.append(said('unsilence', 'person:anna', 1_000));
  expect(await view()).toEqual([]);
});
