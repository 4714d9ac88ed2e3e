import { simpleParser } from 'mailparser';
import type { ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerOptions } from 'smtp-server';
import type { AddressInfo } from 'node:net';
import { TEST_CERTIFICATE, TEST_KEY } from '../certificate.ts';

export type ReceivedMail = {
  readonly raw: string;
  readonly mail: ParsedMail;
  readonly recipients: readonly string[];
  /** Whether TLS was spoken, and as whom the sender logged in. */
  readonly isSecure: boolean;
  readonly user: string | undefined;
  readonly connection: string;
};

/** A server of mail by another hand; letters are taken apart by a parser by another hand. */
export type MailServer = {
  readonly port: number;
  readonly received: readonly ReceivedMail[];
  /** From now on the address, or with `DATA` the letter itself, is answered with this code; 250 takes it back. */
  readonly answer: (to: string, code: number) => void;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

export async function openMailServer(
  options: { tls?: 'starttls' | 'from the start' | 'none'; password?: string } = {},
): Promise<MailServer> {
  const { tls = 'none', password } = options;
  const received: ReceivedMail[] = [];
  const codes = new Map<string, number>();
  const refusal = (to: string): Error | undefined => {
    const code = codes.get(to) ?? 250;
    return code === 250
      ? undefined
      : Object.assign(new Error(`not now, not here: ${to}`), { responseCode: code });
  };
  const handlers: SMTPServerOptions = {
    onAuth(auth, _session, done) {
      if (auth.password === password) done(null, { user: auth.username ?? '' });
      else done(Object.assign(new Error('unknown'), { responseCode: 535 }));
    },
    onRcptTo: ({ address }, _session, done) => done(refusal(address)),
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const fault = refusal('DATA');
        if (fault) return done(fault);
        const raw = Buffer.concat(parts).toString('latin1');
        void simpleParser(Buffer.from(raw, 'latin1')).then((mail) => {
          received.push({
            raw,
            mail,
            recipients: session.envelope.rcptTo.map(({ address }) => address),
            isSecure: session.secure,
            user: session.user as string | undefined,
            connection: session.id,
          });
          done(null, 'queued');
        }, done);
      });
    },
  };
  const server = new SMTPServer({
    ...handlers,
    key: TEST_KEY,
    cert: TEST_CERTIFICATE,
    secure: tls === 'from the start',
    authOptional: password === undefined,
    disabledCommands: [
      ...(tls === 'none' ? ['STARTTLS'] : []),
      ...(password === undefined ? ['AUTH'] : []),
    ],
    closeTimeout: 10,
  });
  // A client that does not trust the certificate breaks off: that is its test's business.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.server.address() as AddressInfo).port,
    received,
    answer: (to, code) => void codes.set(to, code),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}
