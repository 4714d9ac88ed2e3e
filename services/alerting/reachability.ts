import type { EpochMs } from '../kernel/time.ts';
import { foldCommands } from './command-fold.ts';
import type { Message } from './core/alert/episode.ts';
import type { Delivery } from './core/sending/delivery.ts';
import { receiverCommand, unreachableAfter, wordOf } from './core/sending/reachability.ts';
import type { TellOfReceiver, Unreachable } from './core/sending/reachability.ts';
import type { CommandLog } from './ports.ts';

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
  const said = foldCommands<Unreachable>(ports, new Map(), unreachableAfter);
  let turn: Promise<unknown> = Promise.resolve();

  const tell = async (message: Message, delivery: Delivery): Promise<void> => {
    if (said.isDue()) await said.refresh();
    const { receiver } = message;
    const word = wordOf(message, delivery, { nowMs: now(), unreachable: said.current() });
    if (!word) return;
    const of = { receiver, detail: delivery.detail, id: ports.newId(), at: now() };
    await commands.append(receiverCommand(word, of));
    await said.refresh();
  };
  return (message, delivery) => {
    const told = turn
      .then(() => tell(message, delivery))
      .catch((error: unknown) => ports.failed(error as Error));
    turn = told;
    return told;
  };
}
