import { SECOND_MS } from '../kernel/time.ts';
import type { EpochMs } from '../kernel/time.ts';
import { addressKey, disablingCommand, disablingsAfter } from './core/sending/disabling.ts';
import type { Disablings, DisablingWord } from './core/sending/disabling.ts';
import type { CommandLog, DisabledReceivers, ReceiverAddress } from './ports.ts';

/** What other processes said is looked for this often at most. */
const REFRESH_EVERY_MS = SECOND_MS;

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
  let disablings: Disablings = new Map();
  let next = 0;
  let readMs = -Infinity;
  let turn: Promise<unknown> = Promise.resolve();

  const refresh = async (): Promise<void> => {
    const end = await commands.end();
    if (end > next) {
      disablings = disablingsAfter(disablings, await commands.read(next, end));
      next = end;
    }
    readMs = now();
  };
  const inTurn = <T>(action: () => Promise<T>): Promise<T> => {
    const answer = turn.then(action);
    turn = answer.catch(() => undefined);
    return answer;
  };
  let reading: Promise<void> | undefined;
  const read = (): Promise<void> =>
    (reading ??= inTurn(refresh).finally(() => {
      reading = undefined;
    }));
  /** Once the topic was read, no message waits for the broker: what another process says counts a message later. */
  const catchUp = async (): Promise<void> => {
    if (readMs === -Infinity) await read();
    else if (now() - readMs >= REFRESH_EVERY_MS) void read().catch(() => undefined);
  };
  const isDisabled = async (receiver: ReceiverAddress): Promise<boolean> => {
    await catchUp();
    const said = disablings.get(addressKey(receiver));
    return said === undefined ? store.isDisabled(receiver) : said === 'disable';
  };
  const say = (word: DisablingWord, receiver: ReceiverAddress): Promise<void> =>
    inTurn(async () => {
      await commands.append(disablingCommand(word, { receiver, id: newId(), at: now() }));
      await refresh();
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
