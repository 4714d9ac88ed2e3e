import { CATALOG_FAULTS } from '../../services/kernel/catalog/fault.ts';
import { IMPACT_CODES } from '../../services/kernel/catalog/impact.ts';
import { PRUNE_CODES } from '../../services/kernel/catalog/prune.ts';
import { ERRORS } from '../../services/kernel/errors.ts';
import type { ErrorCode } from '../../services/kernel/errors.ts';
import { statusOf } from '../../services/platform/http.ts';
import { code, page, table } from './markdown.ts';

export function errorsPage(): string {
  const rows = Object.entries(ERRORS).map(([name, { isTransient, meaning, remedy }]) => [
    code(name),
    String(statusOf(name as ErrorCode)),
    isTransient ? 'yes' : 'no',
    meaning,
    remedy,
  ]);
  const codesOf = (table: Readonly<Record<string, string>>): string[][] =>
    Object.entries(table).map(([name, meaning]) => [code(name), meaning]);
  return page('Errors', '`services/kernel/errors.ts`', [
    'Over HTTP an error is `application/problem+json` (RFC 9457) with `code`; in logs and telemetry the code is a field or label. Where several hold, the first of the table is reported. Transient: the same input can succeed later.',
    table(['code', 'HTTP', 'transient', 'meaning', 'what to do'], rows),
    '## Faults of a catalogue',
    '`tidemark catalog check` prints one line per fault: `FILE:LINE:COLUMN code message`.',
    table(['code', 'meaning'], codesOf(CATALOG_FAULTS)),
    '## What a change would do',
    '`tidemark catalog diff`, `catalog apply` and `POST /v1/catalog/impact` name these. Breaking ones are refused by `apply` without `--force`; a definition that is not sound is refused always.',
    table(['code', 'meaning'], codesOf(IMPACT_CODES)),
    '## What prune says',
    '`tidemark catalog prune` and `GET /v1/catalog/prune` name these.',
    table(['code', 'meaning'], codesOf(PRUNE_CODES)),
  ]);
}
