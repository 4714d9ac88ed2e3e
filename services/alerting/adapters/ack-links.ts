import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Refusal } from '../../kernel/errors.ts';
import { err, ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { AckLink } from '../core/alert/message.ts';

/** Signs and opens the links by which one receiver sees to one episode. */
export type AckLinks = {
  /** null where there is no secret to sign with. */
  readonly urlOf: (of: AckLink) => string | null;
  /** @returns link_invalid when it is not ours, or too old */
  readonly open: (token: string, nowMs: EpochMs) => Result<AckLink, Refusal>;
};

const TOKEN_MAX = 2_000;
const INVALID: Refusal = { code: 'link_invalid', detail: 'the link is not one that was sent' };

/**
 * A token is the link's content and its HMAC-SHA256, both base64url. It says nothing secret; who has it may do
 * these things. What it was used for lies with the alert.
 */
export function ackLinks(baseUrl: string, secret: Buffer | undefined): AckLinks {
  const sign = (content: string, key: Buffer): string =>
    createHmac('sha256', key).update(`tidemark ack ${content}`).digest('base64url');
  return {
    urlOf(of) {
      if (!secret) return null;
      const { alert, episode, receiver, to, expiresAt } = of;
      const fields = [alert, episode, receiver, to, expiresAt];
      const content = Buffer.from(JSON.stringify(fields)).toString('base64url');
      return `${baseUrl}/v1/ack/${content}.${sign(content, secret)}`;
    },
    open(token, nowMs) {
      const [content = '', signature = '', ...rest] = token.split('.');
      if (!secret || rest.length > 0 || token.length > TOKEN_MAX) return err(INVALID);
      const wanted = Buffer.from(sign(content, secret));
      const given = Buffer.from(signature);
      if (wanted.length !== given.length || !timingSafeEqual(wanted, given)) return err(INVALID);
      const [alert, episode, receiver, to, expiresAt] = JSON.parse(
        Buffer.from(content, 'base64url').toString('utf8'),
      ) as [string, string, string, string | null, number];
      if (expiresAt <= nowMs) return err({ ...INVALID, detail: 'the link is too old' });
      return ok({ alert, episode, receiver, to, expiresAt });
    },
  };
}
