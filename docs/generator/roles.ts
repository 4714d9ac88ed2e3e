import { INCLUDED, ROLES } from '../../services/platform/access.ts';
import type { Role } from '../../services/platform/access.ts';
import { code, page, table } from './markdown.ts';
import type { OpenApi, Operation } from './openapi/document.ts';

const MEANINGS: Readonly<Record<Role, string>> = {
  ingest: 'writes events, of the sources that its token names',
  historical: 'writes events of the past (`historical=true`), and imports files of them',
  reader: 'sees everything that is not about sending events',
  owner: 'sees to alerts, silences and receivers; notes, enters values, writes drafts of definitions',
  steward: 'maintains definitions and data: drafts, entered values, dead letters, rebuilding',
  approver: 'decides on drafts and on what is published',
  admin: 'everything',
};

/** As the document says it: of several one suffices, `any` is whoever has a token. */
export const roleOf = ({ description = '' }: Operation): string | undefined =>
  /(?:^|\n)Role: (.+)\.$/.exec(description)?.[1];

/** Who may do what. */
export function rolesPage({ paths }: OpenApi): string {
  const requests = Object.entries(paths).flatMap(([url, path]) =>
    Object.entries(path).flatMap(([method, operation]) => {
      const role = roleOf(operation);
      const request = code(`${method.toUpperCase()} ${url}`);
      return role === undefined ? [] : [[request, role, operation.summary]];
    }),
  );
  return page('Roles', '`services/platform/access.ts` and the types of the routes', [
    'A token has one or more roles (`TIDEMARK_TOKENS_FILE` of the [configuration](config.md)); a request needs one of those that are named, or one that includes it. Rights are by role, and for writing events by source as well: who may read may read every object. Nothing else answers without a token but the page of the console, `/openapi.json`, `/asyncapi.json`, probes, signed links and the handshake of webhook senders.',
    table(
      ['role', 'includes', 'may'],
      ROLES.map((role) => [
        code(role),
        (INCLUDED[role] ?? []).filter((one) => one !== role).map(code).join(', '),
        MEANINGS[role],
      ]),
    ),
    table(['request', 'role', 'does'], requests),
  ]);
}
