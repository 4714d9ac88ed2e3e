import type { SmtpDefinition } from '../../../kernel/settings.ts';
import type { SmtpAnswer, SmtpClient } from '../../../platform/mail/smtp-client.ts';
import type { Secrets } from '../../../platform/webhook/secret.ts';
import type { Verdict } from '../../core/sending/delivery.ts';
import { emailOf } from '../../core/words/email.ts';
import type { Channel } from '../../ports.ts';
import { wordsWith } from './message-words.ts';

/** Messages of which it is remembered who has got them already. */
const REMEMBERED_MAX = 10_000;

export type EmailPorts = {
  readonly client: SmtpClient;
  readonly secrets: Secrets;
  /** `smtp` of the Settings that are published now. */
  readonly smtp: () => SmtpDefinition | undefined;
};

/**
 * Messages as letters, one to all addresses of a receiver. An address that was refused for now (4yz) is tried again alone:
 * those that have the letter do not get it twice, unless this process ends in between; its Message-ID is the same then.
 */
export function emailChannel(ports: EmailPorts): Channel<'email'> {
  const { client, secrets, smtp } = ports;
  const wordsOf = wordsWith((text) => text);
  const reached = new Map<string, ReadonlySet<string>>();
  const remember = (id: string, addresses: ReadonlySet<string>): void => {
    reached.set(id, addresses);
    const [oldest] = reached.keys();
    if (reached.size > REMEMBERED_MAX && oldest !== undefined) reached.delete(oldest);
  };
  return async (message, receiver) => {
    const settings = smtp();
    if (!settings) return { kind: 'retryable', detail: 'no server of mail is set: Settings, smtp' };
    const { from: fromDefault, password, ...server } = settings;
    const secret = password && secrets(password);
    if (secret && !secret.ok) return { kind: 'retryable', detail: secret.error };
    const from = receiver.from ?? fromDefault;
    const before = reached.get(message.id) ?? new Set<string>();
    const answer = await client.send(
      { ...server, ...(secret ? { password: secret.value } : {}) },
      {
        ...emailOf(message, wordsOf(message, receiver), from),
        from,
        to: receiver.to,
        recipients: receiver.to.filter((address) => !before.has(address)),
        date: new Date(message.decidedAtMs),
      },
    );
    const verdict = smtpVerdict(answer);
    if (verdict.kind === 'retryable' && answer.kind === 'accepted')
      remember(message.id, new Set([...before, ...settled(answer)]));
    else if (verdict.kind !== 'retryable') reached.delete(message.id);
    return verdict;
  };
}

const isForNow = ({ code }: { code: number }): boolean => code < 500;
const settled = ({
  accepted,
  refused,
}: Extract<SmtpAnswer, { kind: 'accepted' }>): readonly string[] => [
  ...accepted,
  ...refused.filter((one) => !isForNow(one)).map(({ address }) => address),
];

/**
 * What a server's answer means for the message: 4yz is tried again, 5yz is not, as it is about the letter or its address.
 * A login that is refused is a fault on our side, and cured there. Pure.
 * @see RFC 5321 section 4.2.1
 */
export function smtpVerdict(answer: SmtpAnswer): Verdict {
  switch (answer.kind) {
    case 'accepted': {
      const named = answer.refused.map(({ address, text }) => `${address}: ${text}`).join('; ');
      if (answer.refused.some(isForNow)) return { kind: 'retryable', detail: named };
      return {
        kind: 'delivered',
        detail: named === '' ? answer.text : `${answer.text}; refused ${named}`,
      };
    }
    case 'answered':
      return { kind: answer.code < 500 ? 'retryable' : 'permanent', detail: answer.text };
    case 'login_refused':
      return { kind: 'retryable', detail: `the login was refused: ${answer.text}` };
    case 'failed':
      return { kind: 'retryable', detail: answer.detail };
    case 'refused':
      return { kind: 'refused', detail: answer.detail };
  }
}
