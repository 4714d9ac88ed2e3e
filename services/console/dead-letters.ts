import { TidemarkError } from '../kernel/errors.ts';
import type { Refusal } from '../kernel/errors.ts';
import { err, ok } from '../kernel/result.ts';
import type { Result } from '../kernel/result.ts';
import { eventTypeOf } from '../kernel/topics.ts';
import type { DeadLetterRecord } from '../platform/side-records.ts';
import { letterSummary, reasonsOf, resendAnswer } from './core/dead-letters/answers.ts';
import type {
  DeadLettersAnswer,
  LetterAnswer,
  ResendAllAnswer,
  ResentAnswer,
} from './core/dead-letters/answers.ts';
import { letterId, whyNotAgain } from './core/dead-letters/letter.ts';
import type { Letter, Resend } from './core/dead-letters/letter.ts';
import { NoteBoard } from './core/dead-letters/note-board.ts';
import { formatCursor, parseNoteQuery } from './core/dead-letters/note-query.ts';
import { parseResend, parseResendAll } from './core/dead-letters/resend-order.ts';
import type { Parameters } from './core/values-query.ts';
import type { DeadLetterLog, NoteHandlers } from './ports.ts';

/** What could not be processed, why, and the way back for it. All throw broker_unavailable, registry_unavailable, rebuilding. */
export type DeadLetters = {
  readonly list: (parameters: Parameters) => Promise<Result<DeadLettersAnswer, Refusal>>;
  readonly show: (id: string) => Promise<Result<LetterAnswer, Refusal>>;
  /** @param order JSON as it came: `{ historical?, again? }` */
  readonly resend: (id: string, order: Order) => Promise<Result<ResentAnswer, Refusal>>;
  /** @param order JSON as it came: `{ type?, code?, historical? }` */
  readonly resendAll: (order: Order) => Promise<Result<ResendAllAnswer, Refusal>>;
};
type Order = { readonly by: string; readonly body: unknown };

/** Letters that are kept; of older ones only their number is known. Some 400 bytes each. */
const LETTERS_MAX = 50_000;
/** Characters of a reason. */
const DETAIL_MAX = 300;
/** Letters of one order to send all again: it is answered within seconds, and given again for the rest. */
const RESEND_MAX = 100;
const RESEND_AT_ONCE = 10;

export function createDeadLetters(log: DeadLetterLog, prefix: string): DeadLetters {
  const board = new NoteBoard<Letter>(LETTERS_MAX);
  const resends = new Map<string, Resend>();
  const handlers: NoteHandlers<DeadLetterRecord> = {
    onFirst: (partition, first) => board.dropBelow(partition, first),
    onNote(record, lies) {
      const id = letterId(record);
      const { resent } = record;
      if (!resent) board.offer(letterOf(record, { id, lies, prefix }));
      else if (board.get(id))
        resends.set(id, {
          by: resent.by,
          atMs: resent.at,
          offset: resent.offset,
          historical: resent.historical,
        });
    },
  };
  const catchUp = async (): Promise<void> => {
    await log.catchUp(handlers);
    // Notes of letters that left.
    if (resends.size > 2 * LETTERS_MAX)
      for (const id of resends.keys()) if (!board.get(id)) resends.delete(id);
  };

  const find = async (
    id: string,
  ): Promise<Result<{ letter: Letter; record: DeadLetterRecord }, Refusal>> => {
    await catchUp();
    const letter = board.get(id);
    const record = letter && (await log.read(letter.lies));
    if (letter && record) return ok({ letter, record });
    return err({ code: 'not_found', detail: `no dead letter ${id} is kept` });
  };

  const sendAll = async (
    letters: readonly Letter[],
    terms: { readonly by: string; readonly asHistorical: boolean },
  ): Promise<Pick<ResendAllAnswer, 'resent' | 'refused'>> => {
    const refused: { id: string; detail: string }[] = [];
    for (let from = 0; from < letters.length; from += RESEND_AT_ONCE)
      await Promise.all(
        letters.slice(from, from + RESEND_AT_ONCE).map(async ({ id, lies }) => {
          try {
            const record = await log.read(lies);
            if (record) await log.sendAgain(record, terms);
            else refused.push({ id, detail: 'the log no longer holds it' });
          } catch (error) {
            if (!(error instanceof TidemarkError)) throw error;
            refused.push({ id, detail: error.message });
          }
        }),
      );
    return { resent: letters.length - refused.length, refused };
  };

  return {
    async list(parameters) {
      const query = parseNoteQuery(parameters, ['type', 'code', 'state']);
      if (!query.ok) return query;
      await catchUp();
      const { filters, after, limit } = query.value;
      const { type, code, state } = filters;
      const { notes, next } = board.page(
        (letter) =>
          (type === undefined || letter.eventType === type) &&
          (code === undefined || letter.code === code) &&
          (state === undefined || resends.has(letter.id) === (state === 'resent')),
        { after, limit },
      );
      return ok({
        letters: notes.map((letter) => letterSummary(letter, resends.get(letter.id))),
        reasons: reasonsOf(board.all(), resends),
        older: board.passed,
        ...(next ? { cursor: formatCursor(next) } : {}),
      });
    },
    async show(id) {
      const found = await find(id);
      if (!found.ok) return found;
      const { letter, record } = found.value;
      return ok({
        ...letterSummary(letter, resends.get(id)),
        key: record.key === null ? null : record.key.toString('utf8').slice(0, DETAIL_MAX),
        payload: await log.preview(record),
      });
    },
    async resend(id, { by, body }) {
      const order = parseResend(body);
      if (!order.ok) return order;
      const found = await find(id);
      if (!found.ok) return found;
      const { letter, record } = found.value;
      const obstacle = whyNotAgain(letter, order.value.again ? undefined : resends.get(id));
      if (obstacle) return err(obstacle);
      const resent = await log.sendAgain(record, { by, asHistorical: order.value.historical });
      return ok({ id, ...resendAnswer(letter, resent) });
    },
    async resendAll({ by, body }) {
      const order = parseResendAll(body);
      if (!order.ok) return order;
      await catchUp();
      const { type, code, historical } = order.value;
      const wanted = board
        .all()
        .filter(
          (letter) =>
            (type === undefined || letter.eventType === type) &&
            (code === undefined || letter.code === code) &&
            !whyNotAgain(letter, resends.get(letter.id)),
        );
      // The oldest first, as they came.
      const taken = wanted.slice(-RESEND_MAX).toReversed();
      const sent = await sendAll(taken, { by, asHistorical: historical });
      return ok({ ...sent, left: wanted.length - taken.length });
    },
  };
}

const letterOf = (
  record: DeadLetterRecord,
  at: { readonly id: string; readonly lies: Letter['lies']; readonly prefix: string },
): Letter => ({
  id: at.id,
  topic: record.topic,
  partition: record.partition,
  offset: record.offset,
  eventType: eventTypeOf(at.prefix, record.topic) ?? record.topic,
  code: record.code,
  detail: record.detail.slice(0, DETAIL_MAX),
  atMs: record.appendTime,
  sizeBytes: record.value?.length ?? null,
  lies: at.lies,
});
