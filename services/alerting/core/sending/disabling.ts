import { BLANK_COMMAND } from '../../../kernel/command.ts';
import type { Command, LoggedCommand } from '../../../kernel/command.ts';
import { hashText } from '../../../kernel/hash.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import { RECEIVER_TARGET } from './reachability.ts';

export type DisablingWord = 'disable' | 'enable';

/** What was said last of a receiver under an address. Addresses may hold secrets, so a hash of them stands for them. */
export type Disablings = ReadonlyMap<string, DisablingWord>;

export const addressKey = ({ id, url }: { readonly id: string; readonly url: string }): string =>
  `${id} ${hashText(url)}`;

/** The same after what was said. Pure. */
export function disablingsAfter(before: Disablings, said: readonly LoggedCommand[]): Disablings {
  const after = new Map(before);
  for (const { command } of said)
    if (command.kind === 'disable' || command.kind === 'enable')
      after.set(`${command.target.slice(RECEIVER_TARGET.length)} ${command.text}`, command.kind);
  return after;
}

export const disablingCommand = (
  kind: DisablingWord,
  of: { readonly receiver: { id: string; url: string }; readonly id: string; readonly at: EpochMs },
): Command => ({
  ...BLANK_COMMAND,
  id: of.id,
  kind,
  target: `${RECEIVER_TARGET}${of.receiver.id}`,
  by: 'tidemark',
  at: of.at,
  text: hashText(of.receiver.url),
});
