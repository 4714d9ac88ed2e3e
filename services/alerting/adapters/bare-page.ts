import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FastifyReply } from 'fastify';
import { minifyStyle, TOKENS_PATH } from '../../platform/style/minify.ts';

/** A page for one sheet of style and no script, with the console's tokens. Lengths in CSS are those of a phone. */
const STYLE = minifyStyle(
  [TOKENS_PATH, new URL('./page.css', import.meta.url)]
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n'),
);
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

export type BarePage = {
  /** Of its words: a BCP 47 tag. */
  readonly lang: string;
  /** Plain text. */
  readonly title: string;
  /** HTML. */
  readonly body: string;
};

/** Sends a page without scripts that no other may frame or read; its address is a secret that no link passes on. */
export const sendPage = (reply: FastifyReply, { lang, title, body }: BarePage): FastifyReply =>
  reply
    .headers({
      'content-security-policy': POLICY,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
    .type('text/html; charset=utf-8')
    .send(
      `<!doctype html><html lang="${lang}"><meta charset="utf-8"><meta name="robots" content="noindex"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escaped(title)}</title><style>${STYLE}</style><body><main><p class="brand">Tidemark</p>${body}</main></body></html>`,
    );

export const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (letter) => `&#${letter.codePointAt(0)};`);
