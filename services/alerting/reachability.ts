import { SECOND_MS } from '../kernel/time.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { Message } from './core/alert/episode.ts';
import type { Delivery } from './core/sending/delivery.ts';
import { receiverCommand, unreachableAfter, wordOf } from './core/sending/reachability.ts';
import type { TellOfReceiver, Unreachable } from './core/sending/reachability.ts';
import type { CommandLog } from './ports.ts';

/** What other processes said is looked for this often at most. */
const REFRESH_EVERY_MS = SECOND_MS;

/**
 * Says on `commands` that a message to a receiver was given up or tried for long, and that the next one was delivered: once each, whichever
 * process it was, and the first an hour later once more. All that is remembered is what the topic says, read once.
 * @returns to be called with each delivery that says something of its receiver, before that is noted. Never rejects: what cannot be said is
 * told to `failed`, and the next delivery to that receiver says it
 */
export function createReachability(ports: {
  readonly commands: CommandLog;
  readonly now: () => EpochMs;
  readonly newId: () => string;
  readonly failed: (error: Error) => void;
}): TellOfReceiver {
  const { commands, now } = ports;
  let unreachable: Unreachable = new Map();
  let next = 0;
  let readMs = -Infinity;
  let turn: Promise<unknown> = Promise.resolve();

  const refresh = async (): Promise<void> => {
    const end = await commands.end();
    if (end > next) {
      unreachable = unreachableAfter(unreachable, await commands.read(next, end));
      next = end;
    }
    readMs = now();
  };
  const tell = async (message: Message, delivery: Delivery): Promise<void> => {
    if (now() - readMs >= REFRESH_EVERY_MS) await refresh();
    const { receiver } = message;
    const word = wordOf(message, delivery, { nowMs: now(), unreachable });
    if (!word) return;
    const of = { receiver, detail: delivery.detail, id: ports.newId(), at: now() };
    await commands.append(receiverCommand(word, of));
    await refresh();
  };
  return (message, delivery) => {
    const told = turn
      .then(() => tell(message, delivery))
      .catch((error: unknown) => ports.failed(error as Error));
    turn = told;
    return told;
  };
}
