import type { EpochMs } from '../../../kernel/time.ts';
import type { MetricDefinition } from '../../../kernel/definitions.ts';
import type { Compared, Point, ValuesAnswer } from '../answers.ts';
import type { Comparison } from '../compare.ts';

/** Values as a table: what both forms of files hold, without how either is written. */

/** `number`: an exact decimal or integer as text; `time`: an instant, shown in the metric's zone; null: empty. */
export type Cell =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string; readonly as: 'value' | 'share' | 'plain' }
  | { readonly kind: 'time'; readonly timeMs: EpochMs }
  | null;

export type Column = { readonly name: string; readonly widthChars: number };

export type TableHead = {
  /** What the table is of: name and value. */
  readonly about: readonly (readonly [name: string, value: string])[];
  readonly columns: readonly Column[];
};

const text = (value: string | null | undefined): Cell =>
  value == null || value === '' ? null : { kind: 'text', text: value };
const number = (value: string | number | null, as: 'value' | 'share' | 'plain'): Cell =>
  value === null ? null : { kind: 'number', text: String(value), as };
const time = (value: string): Cell => ({ kind: 'time', timeMs: Date.parse(value) });

const POINT_COLUMNS: readonly Column[] = [
  { name: 'start', widthChars: 26 },
  { name: 'end', widthChars: 26 },
  { name: 'value', widthChars: 18 },
  { name: 'count', widthChars: 10 },
  { name: 'state', widthChars: 11 },
  { name: 'revision', widthChars: 9 },
  { name: 'completeness', widthChars: 13 },
  { name: 'note', widthChars: 30 },
];
const NAME_COLUMN: Column = { name: 'window', widthChars: 12 };
const TARGET_COLUMN: Column = { name: 'target', widthChars: 18 };
const COMPARED_COLUMNS: readonly Column[] = [
  { name: 'start', widthChars: 26 },
  { name: 'value', widthChars: 18 },
  { name: 'difference', widthChars: 18 },
  { name: 'ratio', widthChars: 12 },
  { name: 'note', widthChars: 30 },
];
/** What stands in the columns of dimensions in the rows of `other`. */
export const OTHER_MEMBER = '(other)';

type TableShape = {
  readonly dimensions: readonly string[];
  readonly compare: readonly Comparison[];
  /** Whether windows have names in the metric's calendar. */
  readonly isNamed: boolean;
  /** Whether targets are for windows of that size and breakdown. */
  readonly hasTarget: boolean;
};

/** @param answer the first page */
export function tableHead(
  metric: MetricDefinition,
  answer: ValuesAnswer,
  of: TableShape,
): TableHead {
  const { name } = metric;
  const unit = `${answer.unit.code}, ${answer.unit.scale} decimal places`;
  return {
    about: [
      ['metric', answer.metric],
      ...Object.entries(name).map(([locale, text]) => [`name (${locale})`, text] as const),
      ['version', answer.version],
      // People entered these; what rests on them says so wherever it goes.
      ...(answer.manual ? [['manual', answer.manual.join(', ')] as const] : []),
      ['unit', unit],
      ['time zone', answer.timezone],
      ...(answer.calendar ? [['calendar', answer.calendar] as const] : []),
      ['grain', answer.grain],
      ['watermark', answer.watermark ?? ''],
      ...(answer.asOf ? [['as of', answer.asOf.at ?? positionsOf(answer.asOf)] as const] : []),
      ...answer.warnings.map((warning) => ['warning', warning] as const),
    ],
    columns: [
      ...of.dimensions.map((dimension) => ({ name: columnOf(dimension, of), widthChars: 18 })),
      ...(of.isNamed ? [NAME_COLUMN] : []),
      ...POINT_COLUMNS,
      ...(of.hasTarget ? [TARGET_COLUMN] : []),
      ...of.compare.flatMap((one) =>
        COMPARED_COLUMNS.map((column) => ({ ...column, name: `${one}_${column.name}` })),
      ),
    ],
  };
}

const positionsOf = ({ cursors }: NonNullable<ValuesAnswer['asOf']>): string =>
  cursors.map(({ topic, partition, offset }) => `${topic}/${partition}/${offset}`).join();

/** A dimension may be called as one of the columns. */
const columnOf = (dimension: string, { isNamed, hasTarget }: TableShape): string => {
  const others = [
    ...(isNamed ? [NAME_COLUMN] : []),
    ...POINT_COLUMNS,
    ...(hasTarget ? [TARGET_COLUMN] : []),
  ];
  return others.some(({ name }) => name === dimension) ? `dimension_${dimension}` : dimension;
};

/** The rows of a page, in the order of its points. */
export function* tableRows(
  { series, other }: ValuesAnswer,
  of: TableShape,
): Iterable<readonly Cell[]> {
  for (const { labels, points } of series) {
    const members = of.dimensions.map((name) => text(labels[name]));
    for (const point of points) yield [...members, ...rowOf(point, of)];
  }
  const members = of.dimensions.map(() => text(OTHER_MEMBER));
  for (const point of other?.points ?? []) yield [...members, ...rowOf(point, of)];
}

const rowOf = (point: Point, { compare, isNamed, hasTarget }: TableShape): readonly Cell[] => [
  ...(isNamed ? [text(point.name)] : []),
  time(point.start),
  time(point.end),
  number(point.value, 'value'),
  number(point.count, 'plain'),
  text(point.state),
  number(point.revision, 'plain'),
  number(point.completeness, 'share'),
  text(point.reason ?? (point.approximate ? 'an estimate' : undefined)),
  ...(hasTarget ? [number(point.target ?? null, 'value')] : []),
  ...compare.flatMap((name) => comparedCells(point.compare?.[name])),
];

const comparedCells = (compared: Compared | undefined): readonly Cell[] =>
  compared
    ? [
        time(compared.start),
        number(compared.value, 'value'),
        number(compared.difference, 'value'),
        number(compared.ratio, 'plain'),
        text(compared.reason),
      ]
    : COMPARED_COLUMNS.map(() => null);
