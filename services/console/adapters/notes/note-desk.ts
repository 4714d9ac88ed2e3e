import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { LogBounds } from '../../../platform/kafka/log-bounds.ts';
import { createRecordProducer } from '../../../platform/kafka/producer.ts';
import type { Platform } from '../../../platform/platform.ts';
import type { NoteCommand } from '../../core/notes/note-book.ts';
import { createMetricNotes } from '../../metric-notes.ts';
import { kafkaNoteLog } from '../dead-letters/note-log.ts';
import { noteRoutes } from './http-notes.ts';
import { restating } from './restating.ts';

/** Notes on metrics, with what they need of the world: the topic `commands`, which has one partition. */
export type NoteDesk = {
  readonly routes: (scope: FastifyInstance) => void;
  readonly stop: () => Promise<void>;
};

export function openNoteDesk(platform: Platform, { of }: LogBounds): NoteDesk {
  const { access, catalog, kafka, logger, now } = platform;
  const log = kafkaNoteLog<NoteCommand>(platform, 'commands', of);
  const producer = createRecordProducer(kafka, { logger });
  const notes = createMetricNotes({
    log,
    async append(command) {
      const { topic } = log;
      const key = Buffer.from(command.target);
      const value = (await log.codec()).encode(command);
      const { offset } = await producer.send({ topic, partition: 0, key, value });
      return { partition: 0, offset };
    },
    catalog: catalog.current,
    now,
    newId: randomUUID,
  });
  const rounds = restating(notes, (error) =>
    logger.warn({ err: error }, 'notes on metrics could not be written again'),
  );
  return {
    routes: (scope) => noteRoutes(scope, access, notes),
    async stop() {
      await rounds.stop();
      await Promise.all([producer.close(), log.close()]);
    },
  };
}
