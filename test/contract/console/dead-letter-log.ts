import { describe, expect, test } from 'vitest';
import { letterId } from '../../../services/console/core/dead-letters/letter.ts';
import type { DeadLetterLog, NoteLog, NotePlace } from '../../../services/console/ports.ts';
import type { DeadLetterRecord } from '../../../services/platform/side-records.ts';

export type DeadLetterBench = {
  readonly log: DeadLetterLog;
  /** As the aggregator writes it. */
  readonly append: (letter: DeadLetterRecord) => Promise<void>;
  /** A topic that records can be written back to. */
  readonly topic: string;
};

/** Everything that a NoteLog hands over from now on. */
async function notesOf(log: NoteLog<DeadLetterRecord>): Promise<{
  readonly seen: readonly { readonly note: DeadLetterRecord; readonly lies: NotePlace }[];
  readonly catchUp: () => Promise<void>;
}> {
  const seen: { note: DeadLetterRecord; lies: NotePlace }[] = [];
  const catchUp = (): Promise<void> =>
    log.catchUp({ onFirst: () => {}, onNote: (note, lies) => void seen.push({ note, lies }) });
  await catchUp();
  return { seen, catchUp };
}

/** The contract of DeadLetterLog, and so of NoteLog: run on the memory and on the Kafka adapter. */
export function deadLetterLogContract(name: string, open: () => Promise<DeadLetterBench>): void {
  describe(`${name} as a log of dead letters`, () => {
    const letterAt = (topic: string, offset: number): DeadLetterRecord => ({
      topic,
      partition: 0,
      offset,
      appendTime: 1_000 + offset,
      code: 'schema_unknown',
      detail: 'why',
      key: Buffer.from('k'),
      value: Buffer.from(`payload ${offset}`),
      resent: null,
    });

    test('each note is handed over once, and found again where it lies', async () => {
      const { log, append, topic } = await open();
      await append(letterAt(topic, 1));
      const { seen, catchUp } = await notesOf(log);
      await append(letterAt(topic, 2));
      await catchUp();
      await catchUp();
      expect(seen.map(({ note }) => note.offset)).toEqual([1, 2]);
      for (const { note, lies } of seen) expect(await log.read(lies)).toEqual(note);
    });

    test('what was sent again is noted behind its letter, with who asked for it', async () => {
      const { log, append, topic } = await open();
      const letter = letterAt(topic, 3);
      await append(letter);
      const { seen, catchUp } = await notesOf(log);
      const resend = await log.sendAgain(letter, { by: 'person:anna', asHistorical: false });
      await catchUp();
      expect(seen.map(({ note }) => letterId(note))).toEqual([letterId(letter), letterId(letter)]);
      expect(seen[1]?.note).toMatchObject({
        value: null,
        resent: { by: 'person:anna', at: resend.atMs, offset: resend.offset, historical: false },
      });
    });

    test('a preview shows text as text', async () => {
      const { log, topic } = await open();
      expect(await log.preview(letterAt(topic, 4))).toEqual({
        kind: 'text',
        text: 'payload 4',
        isCut: false,
      });
    });
  });
}
