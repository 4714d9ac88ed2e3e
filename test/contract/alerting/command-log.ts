import { describe, expect, test } from 'vitest';
import { BLANK_COMMAND } from '../../../services/kernel/command.ts';
import type { Command } from '../../../services/kernel/command.ts';
import type { CommandLog } from '../../../services/alerting/ports.ts';

const aCommand = (id: string, over: Partial<Command> = {}): Command => ({
  ...BLANK_COMMAND,
  id,
  kind: 'acknowledge',
  target: 'alert',
  episode: 'episode',
  by: 'person:li-wei',
  at: 1_700_000_000_000,
  until: 1_700_000_100_000,
  ...over,
});
const silence = aCommand('s', {
  kind: 'silence',
  target: 'sil-1',
  episode: null,
  until: null,
  text: 'stock-taking',
  silence: {
    kind: 'maintenance',
    matchers: [{ name: 'store', op: '=~', value: 'S1*|S2*' }],
    startsAt: 1_700_000_000_000,
    endsAt: 1_700_000_100_000,
  },
});

/** What alerting needs of the topic `commands`, whoever keeps it. */
export function commandLogContract(name: string, open: () => Promise<CommandLog>): void {
  describe(`the log of commands, ${name}`, () => {
    test('what was appended is read back as it was, each at its offset, in order', async () => {
      const log = await open();
      const from = await log.end();
      const offsets = [await log.append(aCommand('a')), await log.append(silence)];
      expect(offsets[0]).toBeGreaterThanOrEqual(from);
      expect(offsets[1]).toBeGreaterThan(offsets[0] ?? 0);
      const end = await log.end();
      expect(end).toBeGreaterThan(offsets[1] ?? 0);
      // What else a record may have is another's.
      expect(await log.read(from, end)).toMatchObject([
        { offset: offsets[0], command: aCommand('a') },
        { offset: offsets[1], command: silence },
      ]);
    });

    test('a part is read alone, and nothing where nothing lies', async () => {
      const log = await open();
      const first = await log.append(aCommand('a'));
      const second = await log.append(aCommand('b'));
      const ids = async (from: number, to: number): Promise<readonly string[]> =>
        (await log.read(from, to)).map(({ command }) => command.id);
      expect(await ids(second, second + 1)).toEqual(['b']);
      expect(await ids(first, second)).toEqual(['a']);
      expect(await ids(second + 1, second + 1)).toEqual([]);
    });
  });
}
