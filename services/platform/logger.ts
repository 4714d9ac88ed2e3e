import { pino } from 'pino';
import type { Logger as PinoLogger } from 'pino';
import pretty from 'pino-pretty';

export type Logger = Pick<PinoLogger, 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace'>;

const REDACTED = [
  '*.authorization',
  '*.secret',
  '*.password',
  '*.token',
  'req.headers.authorization',
];

/** JSON lines on stderr, pretty on a terminal. Results of commands go to stdout, so logs never mix with them. */
export function createLogger(options: { level: string; name: string; isTty: boolean }): Logger {
  const settings = { level: options.level, name: options.name, redact: REDACTED };
  return options.isTty
    ? pino(settings, pretty({ destination: 2, ignore: 'pid,hostname,name', sync: true }))
    : pino(settings, pino.destination({ dest: 2, sync: true }));
}
