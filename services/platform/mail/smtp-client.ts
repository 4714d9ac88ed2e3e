import { createTransport } from 'nodemailer';
import type { SMTPTransportGetSocketCallback } from 'nodemailer/lib/smtp-transport';
import type { SmtpDefinition } from '../../kernel/settings.ts';
import type { AddressGuard } from '../webhook/address.ts';
import { RefusedAddress } from '../webhook/guarded-lookup.ts';
import type { Resolve } from '../webhook/guarded-lookup.ts';
import { openGuardedSocket } from './guarded-socket.ts';

/** A letter as it is to be sent; whoever writes it keeps line breaks out of its header. */
export type Letter = {
  readonly from: string;
  /** As the header names them. */
  readonly to: readonly string[];
  /** Whom this attempt is for: those of `to` that have not got it yet. */
  readonly recipients: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  readonly date: Date;
  readonly headers: Readonly<Record<string, string>>;
};
/** How to reach the server. The password is read already. */
export type SmtpServer = Omit<SmtpDefinition, 'password' | 'from'> & { readonly password?: string };

/** What the server said; codes are those of SMTP. @see RFC 5321 section 4.2.1 */
export type SmtpAnswer =
  | {
      readonly kind: 'accepted';
      readonly text: string;
      readonly accepted: readonly string[];
      readonly refused: readonly {
        readonly address: string;
        readonly code: number;
        readonly text: string;
      }[];
    }
  | { readonly kind: 'answered'; readonly code: number; readonly text: string }
  /** It does not know us, or not any more: nothing about the letter. */
  | { readonly kind: 'login_refused'; readonly text: string }
  | { readonly kind: 'failed'; readonly detail: string }
  /** No connection was made, or no encrypted one. */
  | { readonly kind: 'refused'; readonly detail: string };

export type SmtpClient = {
  /** Sends once. Never throws: what went wrong is the answer. */
  readonly send: (server: SmtpServer, letter: Letter) => Promise<SmtpAnswer>;
  readonly close: () => void;
};

const TIMEOUT_MS = 15_000;
const CONNECTIONS_MAX = 2;
const LETTERS_PER_CONNECTION_MAX = 100;
/** Letters a second over all connections: what relays of small firms take. */
const LETTERS_PER_SECOND_MAX = 5;
/** Idle connections are given back soon: alerts are rare. */
const IDLE_MS = 10_000;
const TEXT_MAX = 200;

type Options = { timeoutMs?: number; resolve?: Resolve; lettersPerSecond?: number; ca?: string };

/**
 * A pool of connections to the server of mail. The address is judged as that of a webhook is; TLS is demanded, and its
 * certificate checked, unless the server is on this machine and `security: none` says so. When the server or its password
 * changes, the next letter goes by a new pool.
 */
export function createSmtpClient(guard: AddressGuard, options: Options = {}): SmtpClient {
  let pool: { readonly key: string; readonly transport: Transport } | undefined;
  const poolFor = (server: SmtpServer): Transport => {
    const key = JSON.stringify(server);
    if (pool?.key === key) return pool.transport;
    pool?.transport.close();
    pool = { key, transport: openTransport(server, guard, options) };
    return pool.transport;
  };
  return {
    async send(server, letter) {
      const { recipients, from, to, headers, ...rest } = letter;
      try {
        const info = await poolFor(server).sendMail({
          ...rest,
          from,
          to: [...to],
          headers: { ...headers },
          envelope: { from, to: [...recipients] },
          disableFileAccess: true,
          disableUrlAccess: true,
        });
        return {
          kind: 'accepted',
          text: shortened(info.response),
          accepted: info.accepted.map(addressOf),
          refused: (info.rejectedErrors ?? []).map(refusalOf),
        };
      } catch (error) {
        return answerOf(error as SmtpError);
      }
    },
    close() {
      pool?.transport.close();
      pool = undefined;
    },
  };
}

type Transport = ReturnType<typeof openTransport>;
type SmtpError = Error & {
  readonly code?: string | undefined;
  readonly responseCode?: number | undefined;
  readonly response?: string | undefined;
  readonly recipient?: string | undefined;
};

function openTransport(server: SmtpServer, guard: AddressGuard, options: Options) {
  const { host, port, security, username, password } = server;
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const isPlain = security === 'none';
  return createTransport({
    pool: true,
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: isPlain,
    ...(username === undefined ? {} : { auth: { user: username, pass: password ?? '' } }),
    ...(options.ca === undefined ? {} : { tls: { ca: options.ca } }),
    maxConnections: CONNECTIONS_MAX,
    maxMessages: LETTERS_PER_CONNECTION_MAX,
    rateDelta: 1_000,
    rateLimit: options.lettersPerSecond ?? LETTERS_PER_SECOND_MAX,
    maxRequeues: 0,
    idleTimeout: IDLE_MS,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    logger: false,
    getSocket: (_options: unknown, callback: SMTPTransportGetSocketCallback) => {
      openGuardedSocket(
        { host, port, isPlain },
        { guard, timeoutMs, resolve: options.resolve },
      ).then(
        (connection) => callback(null, { connection }),
        (error: Error) => callback(error),
      );
    },
  });
}

function answerOf(error: SmtpError): SmtpAnswer {
  if (error instanceof RefusedAddress) return { kind: 'refused', detail: error.message };
  const text = shortened(error.response ?? error.message);
  if (error.code === 'EAUTH' || error.code === 'ENOAUTH') return { kind: 'login_refused', text };
  if (error.code === 'ETLS') return { kind: 'refused', detail: 'the server offers no TLS' };
  if (error.responseCode !== undefined) return { kind: 'answered', code: error.responseCode, text };
  return { kind: 'failed', detail: shortened(`${error.code ?? 'failed'}: ${error.message}`) };
}

const refusalOf = ({ recipient = '', responseCode = 0, response = '' }: SmtpError) => ({
  address: recipient,
  code: responseCode,
  text: shortened(response),
});
const addressOf = (address: string | { readonly address: string }): string =>
  typeof address === 'string' ? address : address.address;
/** One line of what a server said, for people. */
const shortened = (text: string): string =>
  text
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, TEXT_MAX);
