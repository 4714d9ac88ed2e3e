import type { EpochMs } from '../kernel/time.ts';
import { foldCommands } from './command-fold.ts';
import { addressKey, disablingCommand, disablingsAfter } from './core/sending/disabling.ts';
import type { Disablings, DisablingWord } from './core/sending/disabling.ts';
import type { CommandLog, DisabledReceivers, ReceiverAddress } from './ports.ts';

/**
 * Receivers that want nothing more, as `commands` has it, and where that says nothing (any more: it forgets after 90 days)
 * as the store does: neither the loss of the store nor that of old commands lets messages go there again.
 * All throw redis_unavailable, broker_unavailable.
 */
export function loggedDisabling(
  store: DisabledReceivers,
  ports: {
    readonly commands: CommandLog;
    readonly now: () => EpochMs;
    readonly newId: () => string;
  },
): DisabledReceivers {
  const { commands, now, newId } = ports;
  const said = foldCommands<Disablings>(ports, new Map(), disablingsAfter);
  let turn: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(action: () => Promise<T>): Promise<T> => {
    const answer = turn.then(action);
    turn = answer.catch(() => undefined);
    return answer;
  };
  let reading: Promise<void> | undefined;
  const read = (): Promise<void> =>
    (reading ??= inTurn(said.refresh).finally(() => {
      reading = undefined;
    }));
  /** Once the topic was read, no message waits for the broker: what another process says counts a message later. */
  const catchUp = async (): Promise<void> => {
    if (!said.wasRead()) await read();
    else if (said.isDue()) void read().catch(() => undefined);
  };
  const isDisabled = async (receiver: ReceiverAddress): Promise<boolean> => {
    await catchUp();
    const word = said.current().get(addressKey(receiver));
    return word === undefined ? store.isDisabled(receiver) : word === 'disable';
  };
  const say = (word: DisablingWord, receiver: ReceiverAddress): Promise<void> =>
    inTurn(async () => {
      await commands.append(disablingCommand(word, { receiver, id: newId(), at: now() }));
      await said.refresh();
    });
  return {
    isDisabled,
    async disable(receiver) {
      await store.disable(receiver);
      await say('disable', receiver);
    },
    async enable(receiver) {
      await read();
      const wasDisabled = await isDisabled(receiver);
      await store.enable(receiver);
      if (wasDisabled) await say('enable', receiver);
      return wasDisabled;
    },
  };
}
