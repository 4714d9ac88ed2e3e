import { expect, test } from 'vitest';
import { loggedDisabling } from '../../../services/alerting/disabled-receivers.ts';
import { addressKey } from '../../../services/alerting/core/sending/disabling.ts';
import type { CommandLog, DisabledReceivers } from '../../../services/alerting/ports.ts';
import type { Command } from '../../../services/kernel/command.ts';
import { memoryCommandLog } from '../../support/memory-command-log.ts';

const HOOK = { id: 'hook', url: 'https://a.test/secret' };
const MOVED = { ...HOOK, url: 'https://b.test/' };

function memoryDisabled(): DisabledReceivers & { readonly lose: () => void } {
  const kept = new Set<string>();
  return {
    isDisabled: async (receiver) => kept.has(addressKey(receiver)),
    disable: async (receiver) => void kept.add(addressKey(receiver)),
    enable: async (receiver) => kept.delete(addressKey(receiver)),
    lose: () => kept.clear(),
  };
}

/** Processes over one topic and one store; a second passes whenever one of them looks at the clock. */
function world() {
  const said: Command[] = [];
  const commands = memoryCommandLog(said);
  const store = memoryDisabled();
  let nowMs = 0;
  const start = (log: CommandLog = commands): DisabledReceivers =>
    loggedDisabling(store, {
      commands: log,
      now: () => (nowMs += 1_000),
      newId: () => `id-${said.length}`,
    });
  return { said, commands, store, start };
}

test('who said 410 stays disabled under that address when the store is lost', async () => {
  const { store, start, said } = world();
  const [one, other] = [start(), start()];
  expect(await one.isDisabled(HOOK)).toBe(false);
  await one.disable(HOOK);
  store.lose();
  for (const process of [one, other, start()]) {
    expect(await process.isDisabled(HOOK)).toBe(true);
    expect(await process.isDisabled(MOVED)).toBe(false);
  }
  expect(JSON.stringify(said)).not.toContain('secret');
});

test('who is enabled stays so, and hears once whether he was disabled', async () => {
  const { store, start } = world();
  const one = start();
  await one.disable(HOOK);
  store.lose();
  expect(await one.enable(HOOK)).toBe(true);
  expect(await one.enable(HOOK)).toBe(false);
  expect(await start().isDisabled(HOOK)).toBe(false);
});

test('what the topic has forgotten, or never knew, the store has', async () => {
  const { store, commands, start } = world();
  await start().disable(HOOK);
  await store.disable(MOVED);
  commands.forget(await commands.end());
  expect(await start().isDisabled(HOOK)).toBe(true);
  expect(await start().isDisabled(MOVED)).toBe(true);
  expect(await start().enable(MOVED)).toBe(true);
  expect(await start().isDisabled(MOVED)).toBe(false);
});

test('a broker that does not answer is no word that the receiver wants messages, and holds up none once it was asked', async () => {
  const { commands, start } = world();
  let isAway = true;
  const end = async () => {
    if (isAway) throw new Error('away');
    return commands.end();
  };
  const one = start({ ...commands, end });
  await expect(one.isDisabled(HOOK)).rejects.toThrow('away');
  isAway = false;
  await one.disable(HOOK);
  isAway = true;
  expect(await one.isDisabled(HOOK)).toBe(true);
  expect(await one.isDisabled(MOVED)).toBe(false);
});
