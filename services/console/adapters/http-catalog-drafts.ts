import type { FastifyInstance } from 'fastify';
import type { Access, Role } from '../../platform/access.ts';
import { authorize } from '../../platform/http.ts';
import type { DeskCommand, DocumentDesk, DocumentName } from '../catalog-desk.ts';
import { readSaid } from '../core/catalog/commands.ts';
import type { Said } from '../core/catalog/commands.ts';
import { documentIn, spoken } from '../core/catalog/in-language.ts';
import { acceptedBy, sendAnswer } from './http-catalog-documents.ts';

const WRITES: readonly Role[] = ['steward', 'owner'];
const DECIDES: readonly Role[] = ['approver'];

type Route = {
  readonly method: 'PUT' | 'POST' | 'DELETE';
  /** After `/v1/catalog/`, before and after `KIND/ID`. */
  readonly path: readonly [string, string];
  readonly roles: readonly Role[];
  readonly may: readonly (keyof Said)[];
  readonly must?: readonly (keyof Said)[];
  readonly command: (said: Said) => DeskCommand;
};

const ROUTES: readonly Route[] = [
  {
    method: 'PUT',
    path: ['drafts', ''],
    roles: WRITES,
    may: ['text', 'note', 'base'],
    must: ['text'],
    command: ({ text = '', note }) => ({ kind: 'save', text, ...noted(note) }),
  },
  {
    method: 'DELETE',
    path: ['drafts', ''],
    roles: WRITES,
    may: ['base'],
    command: () => ({ kind: 'discard' }),
  },
  {
    method: 'POST',
    path: ['drafts', '/submit'],
    roles: WRITES,
    may: ['note', 'base'],
    command: ({ note }) => ({ kind: 'submit', ...noted(note) }),
  },
  {
    method: 'POST',
    path: ['drafts', '/withdraw'],
    roles: WRITES,
    may: ['base'],
    command: () => ({ kind: 'withdraw' }),
  },
  {
    method: 'POST',
    path: ['drafts', '/reject'],
    roles: DECIDES,
    may: ['reason', 'base'],
    must: ['reason'],
    command: ({ reason = '' }) => ({ kind: 'reject', reason }),
  },
  {
    method: 'POST',
    path: ['drafts', '/approve'],
    roles: DECIDES,
    may: ['note', 'base', 'acceptsBreaks'],
    command: ({ note }) => ({ kind: 'approve', ...noted(note) }),
  },
  {
    method: 'POST',
    path: ['documents', '/retire'],
    roles: DECIDES,
    may: ['reason', 'base', 'acceptsBreaks'],
    must: ['reason'],
    command: ({ reason = '' }) => ({ kind: 'retire', reason }),
  },
  {
    method: 'POST',
    path: ['documents', '/rollback'],
    roles: DECIDES,
    may: ['revision', 'base', 'acceptsBreaks'],
    must: ['revision'],
    command: ({ revision = 0 }) => ({ kind: 'roll_back', revision }),
  },
];

const noted = (note: string | undefined): { readonly note?: string } =>
  note === undefined ? {} : { note };

/**
 * What people do with a document: roles steward and owner write drafts and hand them in, approver decides on them and on
 * what is published. `base` says which state was looked at; without it the step is taken upon whatever there is.
 */
export function draftRoutes(
  http: FastifyInstance,
  access: Access,
  desk: Pick<DocumentDesk, 'tell'>,
): void {
  for (const { method, path, roles, may, must, command } of ROUTES)
    http.route<{ Params: DocumentName }>({
      method,
      url: `/v1/catalog/${path[0]}/:kind/:id${path[1]}`,
      async handler(request, reply) {
        const principal = authorize(access, { request, reply, role: roles });
        if (!principal) return reply;
        const said = readSaid(request.body, may, must);
        if (!said.ok) return sendAnswer(reply, said);
        const { base, acceptsBreaks } = said.value;
        const answer = await desk.tell(request.params, command(said.value), {
          person: principal.person,
          ...(base === undefined ? {} : { base }),
          ...(acceptsBreaks === undefined ? {} : { acceptsBreaks }),
        });
        return sendAnswer(reply, spoken(acceptedBy(request), documentIn, answer));
      },
    });
}
