import { expect, test } from 'vitest';
import type { Mapping } from '../../../../../../services/kernel/import/mapping.ts';
import type { Json } from '../../../../../../services/kernel/json.ts';
import {
  draftOf,
  lackingFields,
  mappingOf,
  typeText,
} from '../../../../../../services/console/web/pages/import/draft.ts';
import { FAULTS_MAX, passOver } from '../../../../../../services/console/web/pages/import/pass.ts';
import type { Passed } from '../../../../../../services/console/web/pages/import/pass.ts';
import type { EventResult } from '../../../../../../services/console/web/pages/import/post-events.ts';
import { memoryFile } from '../../../../../support/memory-file.ts';

const SCHEMA: Json = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'amount', type: { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 } },
    { name: 'note', type: ['null', 'string'], default: null },
  ],
};
const MAPPING: Mapping = {
  type: 't',
  source: '/s',
  id: '{no}',
  subject: undefined,
  time: 'at',
  timezone: 'UTC',
  columns: new Map([
    ['amount', 'Net amount'],
    ['note', ''],
  ]),
};
const planOf = (text: string, mapping = MAPPING) => ({
  source: memoryFile('a.csv', text, 4_096),
  hash: 'h',
  mapping,
  schema: SCHEMA,
});
const START = { rows: 0, accepted: 0, rejected: 0 };
const lastOf = async (passes: AsyncIterable<Passed>): Promise<Passed | undefined> =>
  (await Array.fromAsync(passes)).at(-1);

test('what ingest points at is said of the column that it came from', async () => {
  const errors: EventResult['error'][] = [
    undefined,
    { code: 'schema_invalid', detail: 'expected a decimal', pointer: '/data/amount' },
    { code: 'event_time_invalid', detail: 'no time', pointer: '/time' },
    { code: 'forbidden', detail: 'not yours', pointer: '/source' },
  ];
  const passed = await lastOf(
    passOver(planOf('no,at,Net amount\n1,a,1\n2,b,x\n3,c,3\n4,d,4\n'), START, async (events) =>
      events.map((_, index) => ({
        index,
        status: errors[index] ? ('rejected' as const) : ('accepted' as const),
        ...(errors[index] ? { error: errors[index] } : {}),
      })),
    ),
  );
  expect(passed).toMatchObject({ rows: 4, accepted: 1, rejected: 3, share: 1 });
  expect(passed?.faults).toMatchObject([
    { line: 3, column: 'Net amount', value: 'x', code: 'schema_invalid' },
    { line: 4, column: 'at', value: 'c', code: 'event_time_invalid' },
    { line: 5, column: undefined, code: 'forbidden' },
  ]);
});

test('a row that is none, or makes no event, is a fault and the others go on', async () => {
  const sent: unknown[] = [];
  const passed = await lastOf(
    passOver(
      planOf('no,at,Net amount\n1,a\n2,b,2\n', { ...MAPPING, id: '{no}' }),
      START,
      async (events) => {
        sent.push(...events.map(({ id }) => id));
        return events.map((_, index) => ({ index, status: 'accepted' as const }));
      },
    ),
  );
  expect(sent).toEqual(['2']);
  expect(passed).toMatchObject({ accepted: 1, rejected: 1, faults: [{ line: 2 }] });
});

test('a file of which no row makes an event is told whole, and nothing is sent', async () => {
  const passed = await lastOf(
    passOver(planOf('no,at,Net amount\n1,a\n2\n'), START, () => {
      throw new Error('there is nothing to send');
    }),
  );
  expect(passed).toMatchObject({ rows: 2, accepted: 0, rejected: 2, share: 1 });
  expect(passed?.faults).toHaveLength(2);
});

test('goes on after the rows that were answered, and counts on', async () => {
  const lines = Array.from({ length: 1_200 }, (_, i) => `${i + 1},a,1`);
  const sizes: number[] = [];
  const passed = await lastOf(
    passOver(
      planOf(`no,at,Net amount\n${lines.join('\n')}`),
      { rows: 1_000, accepted: 990, rejected: 10 },
      async (events) => {
        sizes.push(events.length);
        return events.map((_, index) => ({ index, status: 'accepted' as const }));
      },
    ),
  );
  expect(sizes).toEqual([200]);
  expect(passed).toMatchObject({ rows: 1_200, accepted: 1_190, rejected: 10 });
});

const taken = (events: readonly unknown[]): Promise<EventResult[]> =>
  Promise.resolve(events.map((_, index) => ({ index, status: 'accepted' as const })));

test('a row whose id came before is told with the row that has it, and is not sent', async () => {
  const sent: unknown[] = [];
  const passed = await lastOf(
    passOver(planOf('no,at,Net amount\n1,a,1\n2,b,2\n1,a,1.0\n2,b,3\n3,c,3\n'), START, (events) => {
      sent.push(...events.map(({ id }) => id));
      return taken(events);
    }),
  );
  expect(sent).toEqual(['1', '2', '3']);
  expect(passed).toMatchObject({ rows: 5, accepted: 3, rejected: 1, repeated: 1 });
  expect(passed?.repeats).toEqual([{ line: 4, id: '1', firstLine: 2 }]);
  expect(passed?.faults).toMatchObject([
    { line: 5, column: 'no', value: '2', code: 'conflict', firstLine: 3 },
  ]);
});

test('an import that goes on knows the ids of the rows before', async () => {
  const text = 'no,at,Net amount\n1,a,1\n1,a,1\n1,a,9\n2,b,2\n1,a,1\n1,a,3\n';
  const whole = await lastOf(passOver(planOf(text), START, taken));
  const rest = await lastOf(passOver(planOf(text), { rows: 3, accepted: 1, rejected: 1 }, taken));
  expect(whole).toMatchObject({ rows: 6, accepted: 2, rejected: 2, repeated: 2 });
  expect(rest).toMatchObject({ rows: 6, accepted: 2, rejected: 2, repeated: 2 });
  expect(rest?.faults).toMatchObject([{ line: 7, firstLine: 2 }]);
});

test('without an id of its own every row is an event, and those of one content are told', async () => {
  const mapping = { ...MAPPING, id: undefined };
  const passed = await lastOf(
    passOver(planOf('no,at,Net amount\n1,a,1\n1,a,1\n', mapping), START, taken),
  );
  expect(passed).toMatchObject({ accepted: 2, rejected: 0, repeated: 0, twins: 1 });
  expect(passed?.repeats).toEqual([{ line: 3, id: undefined, firstLine: 2 }]);
});

test('the faults that are kept are bounded, all are counted', async () => {
  const lines = Array.from({ length: FAULTS_MAX + 300 }, (_, i) => `${i + 1},a,1`);
  const passed = await lastOf(
    passOver(planOf(`no,at,Net amount\n${lines.join('\n')}`), START, async (events) =>
      events.map((_, index) => ({
        index,
        status: 'rejected' as const,
        error: { code: 'schema_invalid', detail: 'bad', pointer: '/data/amount' },
      })),
    ),
  );
  expect(passed?.faults).toHaveLength(FAULTS_MAX);
  expect(passed?.rejected).toBe(FAULTS_MAX + 300);
});

test.each([
  ['a row of more faults than are shown', [FAULTS_MAX + 5, 1], FAULTS_MAX, 1],
  ['rows after one that is not shown whole', [1, FAULTS_MAX, 1], 1, 1],
])('%s: the first are shown, without a gap', async (_, faultsOfRows, shown, faulty) => {
  const lines = faultsOfRows.map((_count, i) => `${i + 1},a,1`);
  const fault = { code: 'schema_invalid', detail: 'bad', pointer: '/data/amount' };
  const passed = await lastOf(
    passOver(planOf(`no,at,Net amount\n${lines.join('\n')}`), START, async (events) =>
      events.map((_event, index) => ({
        index,
        status: 'rejected' as const,
        error: {
          ...fault,
          others: Array.from({ length: (faultsOfRows[index] ?? 1) - 1 }, () => fault),
        },
      })),
    ),
  );
  expect(passed?.faults).toHaveLength(shown);
  expect([passed?.faulty, passed?.rejected]).toEqual([faulty, faultsOfRows.length]);
});

test('a draft becomes a mapping, and says which fields nothing serves', () => {
  const draft = draftOf(
    {
      id: undefined,
      subject: undefined,
      time: 'at',
      columns: new Map([['amount', '']]),
      decimalComma: true,
      dateOrder: 'dmy',
      hasZones: false,
    },
    '/import/a.csv',
    'Europe/Berlin',
  );
  expect(lackingFields(draft, SCHEMA)).toEqual(['amount']);
  expect(lackingFields({ ...draft, columns: { amount: 'x' } }, SCHEMA)).toEqual([]);
  expect(mappingOf(draft, 't')).toEqual({
    type: 't',
    source: '/import/a.csv',
    id: undefined,
    subject: undefined,
    time: 'at',
    timezone: 'Europe/Berlin',
    columns: new Map([['amount', '']]),
    decimalComma: true,
    dateOrder: 'dmy',
  });
  const [amount, note] = (SCHEMA as { fields: Parameters<typeof typeText>[0][] }).fields;
  expect([amount, note].map((field) => field && typeText(field))).toEqual([
    'decimal (2)',
    'string',
  ]);
});

test('each fault of a row is told, and the row counts once', async () => {
  const others = [{ code: 'event_time_missing', detail: 'no time', pointer: '/time' }];
  const error = { code: 'schema_invalid', detail: 'no decimal', pointer: '/data/amount', others };
  const passed = await lastOf(
    passOver(planOf('no,at,Net amount\n1,a,x\n'), START, async () => [
      { index: 0, status: 'rejected', error },
    ]),
  );
  expect(passed).toMatchObject({
    rejected: 1,
    faulty: 1,
    faults: [
      { line: 2, column: 'Net amount', value: 'x', code: 'schema_invalid' },
      { line: 2, column: 'at', value: 'a', code: 'event_time_missing' },
    ],
  });
});
