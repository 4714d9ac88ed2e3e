import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Refusal } from '../../kernel/errors.ts';
import { err, ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';
import type { UnsubscribeLink } from '../core/alert/message.ts';

/** Signs and opens the links by which a follower stops following. They do not age: so does no letter that has one. */
export type UnsubscribeLinks = {
  /** null where there is no secret to sign with. */
  readonly urlOf: (of: UnsubscribeLink) => string | null;
  /** @returns link_invalid when it is not ours */
  readonly open: (token: string) => Result<UnsubscribeLink, Refusal>;
};

const TOKEN_MAX = 2_000;
const INVALID: Refusal = { code: 'link_invalid', detail: 'the link is not one that was sent' };

/** A token is the link's content and its HMAC-SHA256, both base64url; who has it may do this one thing. */
export function unsubscribeLinks(baseUrl: string, secret: Buffer | undefined): UnsubscribeLinks {
  const sign = (content: string, key: Buffer): string =>
    createHmac('sha256', key).update(`tidemark unsubscribe ${content}`).digest('base64url');
  return {
    urlOf({ subscription, to }) {
      if (!secret) return null;
      const content = Buffer.from(JSON.stringify([subscription, to])).toString('base64url');
      return `${baseUrl}/v1/unsubscribe/${content}.${sign(content, secret)}`;
    },
    open(token) {
      const [content = '', signature = '', ...rest] = token.split('.');
      if (!secret || rest.length > 0 || token.length > TOKEN_MAX) return err(INVALID);
      const wanted = Buffer.from(sign(content, secret));
      const given = Buffer.from(signature);
      if (wanted.length !== given.length || !timingSafeEqual(wanted, given)) return err(INVALID);
      const [subscription, to] = JSON.parse(Buffer.from(content, 'base64url').toString('utf8')) as [
        string,
        string | null,
      ];
      return ok({ subscription, to });
    },
  };
}
