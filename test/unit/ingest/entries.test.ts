import { describe, expect, test } from 'vitest';
import { createEntries } from '../../../services/ingest/entries.ts';
import { createActivity } from '../../../services/ingest/heartbeats.ts';
import { createIngest } from '../../../services/ingest/service.ts';
import type { Enterer } from '../../../services/kernel/catalog/manual-access.ts';
import { buildCatalog } from '../../../services/kernel/catalog/build.ts';
import {
  MANUAL_ENTRY,
  MANUAL_ENTRY_TYPE,
} from '../../../services/kernel/catalog/manual-entry-type.ts';
import { envelopeSchema } from '../../../services/kernel/envelope.ts';
import type { EnvelopeHead } from '../../../services/kernel/envelope.ts';
import { partitionOf } from '../../../services/kernel/partitioner.ts';
import { ok } from '../../../services/kernel/result.ts';
import { avroType } from '../../../services/platform/avro/types.ts';
import { catalogTools } from '../../../services/platform/catalog/tools.ts';
import { aDocuments } from '../../support/catalog-documents.ts';
import { anIncomingEvent } from '../../support/cloud-events.ts';
import { manualDocument } from '../../support/manual-documents.ts';
import { memoryEventSink } from '../../support/memory-event-sink.ts';
import { memoryEventTypes } from '../../support/memory-event-types.ts';

const NOW = Date.parse('2026-11-30T12:00:00Z');
const ANNA: Enterer = { person: 'person:anna', roles: new Set(['owner']) };
const FRAME_BYTES = 5;
const team = (id: string, ...members: string[]) => ({
  apiVersion: 'tidemark/v1',
  kind: 'Team',
  metadata: { id },
  spec: { members },
});
const person = (id: string) => ({ apiVersion: 'tidemark/v1', kind: 'Person', metadata: { id } });

function setUp() {
  const nothing = (): void => {};
  const sink = memoryEventSink();
  const ingest = createIngest({
    types: memoryEventTypes([MANUAL_ENTRY_TYPE]),
    sink,
    activity: createActivity(),
    observer: {
      accepted: nothing,
      rejected: nothing,
      refused: nothing,
      produced: nothing,
      heartbeat: nothing,
      bytesInFlight: nothing,
    },
    clock: { now: () => NOW },
  });
  const { catalog, faults } = buildCatalog(
    [
      ...aDocuments(),
      person('ben'),
      person('cleo'),
      team('staff', 'person:ben'),
      manualDocument('mood', { dimensions: { team: ['a', 'b'] } }, { steward: 'team:staff' }),
    ],
    catalogTools,
  );
  expect(faults).toEqual([]);
  const ids = ['e-1', 'e-2', 'e-3'].values();
  const entries = createEntries({
    ingest,
    catalog: () => catalog,
    clock: { now: () => NOW },
    newId: () => ids.next().value ?? 'e-n',
  });
  const partition = partitionOf(Buffer.from('mood'), 4);
  const type = avroType(envelopeSchema(MANUAL_ENTRY, MANUAL_ENTRY_TYPE.schema));
  const written = () =>
    sink.log(`events.${MANUAL_ENTRY}`, partition).map(({ key, value }) => ({
      key: String(key),
      ...(type.fromBuffer(value.subarray(FRAME_BYTES)) as EnvelopeHead),
    }));
  const enter = (body: object, by = ANNA) =>
    entries.enter('mood', { window: '2026-11-29', labels: { team: 'a' }, value: '7', ...body }, by);
  return { ingest, entries, enter, written, partition };
}

test('an entry is an event whose time is the start of its window, in the partition of its metric', async () => {
  const { enter, written, partition } = setUp();
  const answer = await enter({ note: 'by phone' });
  const start = '2026-11-29T00:00:00.000Z';
  expect(answer).toEqual({
    ok: true,
    value: {
      id: 'e-1',
      metric: 'mood',
      start,
      end: '2026-11-30T00:00:00.000Z',
      labels: { team: 'a' },
      value: '7',
      note: 'by phone',
      by: 'person:anna',
      at: '2026-11-30T12:00:00.000Z',
      historical: false,
      position: `events.tidemark.manual-entry/${partition}/0`,
    },
  });
  expect(written()).toMatchObject([
    {
      key: 'mood',
      id: 'e-1',
      source: 'tidemark:entries',
      historical: false,
      time: Date.parse(start),
      subject: 'mood',
      data: {
        metric: 'mood',
        series: '["team","a"]',
        labels: { team: 'a' },
        windowStart: Date.parse(start),
        windowEnd: Date.parse(start) + 86_400_000,
        value: 7_000_000,
        note: 'by phone',
        by: 'person:anna',
      },
    },
  ]);
});

test('a correction has the event time of what it corrects, and comes after it in the same partition', async () => {
  const { enter, written } = setUp();
  await enter({});
  await enter({ value: '8' });
  const [first, second] = written();
  expect(second?.time).toBe(first?.time);
  expect([first?.id, second?.id]).toEqual(['e-1', 'e-2']);
});

test('an entry of a window that is final is historical', async () => {
  const { enter, written } = setUp();
  expect(await enter({ window: '2026-09-01' })).toMatchObject({ value: { historical: true } });
  expect(written()).toMatchObject([{ historical: true }]);
});

describe('who may enter', () => {
  const as = (who: string, ...roles: string[]): Enterer => ({
    person: `person:${who}`,
    roles: new Set(roles),
  });
  test.each([
    ['the owner', as('anna', 'owner'), true],
    ['a steward of the metric, by his team', as('ben', 'steward'), true],
    ['an admin', as('cleo', 'admin'), true],
    ['an owner of other metrics', as('cleo', 'owner'), false],
    ['a steward of other metrics', as('cleo', 'steward'), false],
    ['the owner with a reader’s token', as('anna', 'reader'), false],
    ['an approver', as('anna', 'approver'), false],
  ])('%s', async (_who, by, expected) => {
    const { enter, written } = setUp();
    const answer = await enter({}, by);
    expect(answer.ok).toBe(expected);
    expect(written()).toHaveLength(expected ? 1 : 0);
    if (!answer.ok) expect(answer.error.code).toBe('forbidden');
  });
});

test('what is refused is not written, and says where the fault is', async () => {
  const { entries, enter, written } = setUp();
  expect(await enter({ value: 'many' })).toMatchObject({
    error: { code: 'invalid_parameter', pointer: '/value' },
  });
  expect(await entries.enter('orders', {}, ANNA)).toMatchObject({
    error: { code: 'invalid_parameter', detail: expect.stringContaining('no manual metric') },
  });
  expect(await entries.enter('none', {}, ANNA)).toMatchObject({ error: { code: 'not_found' } });
  expect(written()).toEqual([]);
});

test('nobody sends entries by the common door, where he could say that another made them', async () => {
  const { ingest, written } = setUp();
  const terms = { isHistorical: false, isStrict: false, sources: undefined };
  const event = ok(anIncomingEvent({ type: MANUAL_ENTRY }));
  expect(await ingest.accept([event], terms)).toMatchObject({
    ok: false,
    error: { code: 'forbidden', pointer: '/type' },
  });
  expect(written()).toEqual([]);
});
