import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type {
  DocumentAnswer,
  HistoryAnswer,
} from '../../../services/console/core/catalog/answers.ts';
import { canonicalJson } from '../../../services/kernel/json.ts';
import type { Json } from '../../../services/kernel/json.ts';
import { openCatalogWriter } from '../../../services/platform/catalog/writer.ts';
import type { ShownLedger } from '../../../services/platform/catalog/shown-ledger.ts';
import { aDocuments, changed } from '../../support/catalog-documents.ts';
import { openDesk } from '../../support/desk.ts';
import type { Desk, PersonName } from '../../support/desk.ts';

const rule = (over: string): string => `apiVersion: tidemark/v1
kind: AlertRule
metadata: { id: many, name: Many }
spec: { metric: orders, window: PT1H, when: value > ${over} }
`;
const DRAFT = 'drafts/AlertRule/many';

describe('two consoles of one installation', () => {
  let here: Desk;
  let there: Desk;
  beforeAll(async () => {
    here = await openDesk();
    await here.apply(aDocuments());
    there = await openDesk({ prefix: here.platform.config.TIDEMARK_TOPIC_PREFIX });
  }, 60_000);
  afterAll(() => Promise.all([here.close(), there.close()]));

  const life = (desk: Desk) => desk.platform.catalog.ledger?.current().lives.get('AlertRule/many');
  const agreed = () => vi.waitFor(() => expect(life(there)).toEqual(life(here)), 10_000);
  const ask = async (desk: Desk, who: PersonName, step: string, body: Json = {}) =>
    (
      await desk.ask<DocumentAnswer>(
        who,
        step === 'save' ? `PUT ${DRAFT}` : `POST ${DRAFT}/${step}`,
        body,
      )
    ).status;

  test('of two decisions at once one is told no, and both agree on which', async () => {
    let approvals = 0;
    for (let round = 1; round <= 8; round++) {
      await ask(here, 'anna', 'save', { text: rule(`${round}`) });
      expect(await ask(here, 'anna', 'submit')).toBe(200);
      await agreed();
      const statuses = await Promise.all([
        ask(here, 'li', 'approve'),
        ask(there, 'eva', round % 2 ? 'reject' : 'approve', round % 2 ? { reason: 'no' } : {}),
      ]);
      expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 409]);
      await agreed();
      const isApproved = statuses[0] === 200 || round % 2 === 0;
      if (isApproved) approvals++;
      expect(life(here)?.publications).toHaveLength(approvals);
      const published = () => there.platform.catalog.current().rules.get('many')?.when;
      if (isApproved) await vi.waitFor(() => expect(published()).toBe(`value > ${round}`), 10_000);
      else expect(await ask(here, 'anna', 'submit')).toBe(200);
    }
  });

  test('an edit and an approval at once: what was approved is what the approver saw, or nothing', async () => {
    await ask(here, 'anna', 'save', { text: rule('100') });
    await ask(here, 'anna', 'submit');
    await agreed();
    const [edited, approved] = await Promise.all([
      ask(here, 'ben', 'save', { text: rule('200') }),
      ask(there, 'li', 'approve'),
    ]);
    expect([edited, approved].toSorted((a, b) => a - b)).toEqual([200, 409]);
    await agreed();
    const published = life(here)?.publications.at(-1)?.text;
    if (approved === 200) expect(published).toBe(rule('100'));
    else expect(published).not.toBe(rule('100'));
    expect(published).not.toBe(rule('200'));
  });

  test('an approval by somebody who was cut off is published by any other console', async () => {
    const { platform } = here;
    const ledger = platform.catalog.ledger as ShownLedger;
    const writer = openCatalogWriter(platform, ledger);
    const document = {
      apiVersion: 'tidemark/v1',
      kind: 'Person',
      metadata: { id: 'zoe' },
      spec: {},
    };
    const step = {
      document: canonicalJson(document),
      author: 'person:li',
      atMs: Date.now() - 60_000,
    };
    expect(await writer.append('Person/zoe', { ...step, sequence: 1, action: 'saved' })).toBe(true);
    expect(await writer.append('Person/zoe', { ...step, sequence: 2, action: 'approved' })).toBe(
      true,
    );
    expect(await writer.append('Person/zoe', { ...step, sequence: 2, action: 'rejected' })).toBe(
      false,
    );
    await writer.close();
    await vi.waitFor(
      () => expect(there.platform.catalog.current().people.has('zoe')).toBe(true),
      40_000,
    );
  }, 60_000);

  test('what files publish and what is approved meanwhile are one history', async () => {
    const files = changed(aDocuments(), 'Person/anna', { spec: { locale: 'de-DE' } });
    await here.apply(files);
    await vi.waitFor(
      () => expect(there.platform.catalog.current().people.get('anna')?.locale).toBe('de-DE'),
      10_000,
    );
    const { body } = await there.ask<HistoryAnswer>('guest', 'GET documents/Person/anna/history');
    expect(body.items.map(({ revision, origin }) => [revision, origin])).toEqual([
      [2, 'file'],
      [1, 'file'],
    ]);
    expect(body.items[0]?.text).toContain('de-DE');
  });
});

test('without a tokens file one may approve what one wrote, and that is written down', async () => {
  const desk = await openDesk({ isOpen: true });
  await desk.apply(aDocuments());
  await desk.ask(undefined, `PUT ${DRAFT}`, { text: rule('7') });
  await vi.waitFor(async () =>
    expect((await desk.ask(undefined, `POST ${DRAFT}/submit`)).status).toBe(200),
  );
  const { status, body } = await desk.ask<DocumentAnswer>(undefined, `POST ${DRAFT}/approve`);
  expect(status).toBe(200);
  expect(body.reviews.at(-1)).toMatchObject({
    by: 'person:local',
    action: 'approved',
    reason: expect.stringContaining('without a tokens file') as string,
  });
  await desk.close();
});
