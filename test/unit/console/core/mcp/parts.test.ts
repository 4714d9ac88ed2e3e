import { describe, expect, test } from 'vitest';
import type { MetricTree } from '../../../../../services/kernel/catalog/tree.ts';
import type {
  Conservation,
  PipelineAnswer,
  PipelineProjection,
} from '../../../../../services/console/core/answers.ts';
import {
  alertPart,
  pipelinePart,
  treePart,
} from '../../../../../services/console/core/mcp/parts.ts';

/** margin = sales - costs; sales is swayed by visits; stock stands alone. */
const edge = (from: string, to: string) =>
  ({ from, to, operator: '+', relation: 'sum', source: 'formula' }) as const;
const TREE: MetricTree = {
  objectives: [
    { id: 'profit', name: { en: 'Profit' }, owner: 'team:x', metrics: ['margin'] },
    { id: 'lean', name: { en: 'Lean' }, owner: 'team:x', metrics: ['stock'] },
  ],
  metrics: [
    ['costs', 1],
    ['margin', 0],
    ['sales', 1],
    ['stock', 0],
    ['visits', 2],
  ].map(([id, depth]) => ({
    id: id as string,
    name: { en: '' },
    owner: 'team:x',
    depth: depth as number,
    rules: 0,
  })),
  edges: [edge('sales', 'margin'), edge('costs', 'margin'), edge('visits', 'sales')],
};

describe('a part of the metric tree', () => {
  const idsOf = (metric: string | undefined, limit = 10) => {
    const { answer, notes } = treePart(TREE, { metric, limit });
    return { ids: answer.metrics.map(({ id }) => id), answer, notes };
  };

  test('is the whole where none is named', () => {
    expect(idsOf(undefined)).toMatchObject({ answer: TREE, notes: [] });
  });

  test('is what drives a metric and what it drives, all the way, and not its neighbours', () => {
    const { ids, answer } = idsOf('sales');
    expect(ids).toEqual(['margin', 'sales', 'visits']);
    expect(answer.objectives.map(({ id }) => id)).toEqual(['profit']);
    expect(answer.edges.map(({ from }) => from)).toEqual(['sales', 'visits']);
  });

  test('is cut from the bottom, with the edges that lead there, and says so', () => {
    const { ids, answer, notes } = idsOf(undefined, 3);
    expect(ids).toEqual(['costs', 'margin', 'stock']);
    expect(answer.edges.map(({ from }) => from)).toEqual(['costs']);
    expect(notes).toEqual(['cut: 3 of 5 metrics']);
  });
});

const projection = (
  metric: string,
  over: Partial<PipelineProjection> = {},
): PipelineProjection => ({
  metric,
  version: 'v1',
  eventType: 'order',
  generation: 'g',
  state: 'live',
  watermark: null,
  series: 1,
  refused: 0,
  lagRecords: 0,
  progress: null,
  cursors: [],
  ...over,
});
const account = (metric: string, over: Partial<Conservation> = {}) =>
  ({ metric, difference: 0, lost: 0, ...over }) as Conservation;
const pipeline: PipelineAnswer = {
  at: 'now',
  warnings: ['the broker does not tell the end of x'],
  eventTypes: [
    {
      eventType: 'order',
      topic: 'events.order',
      watermark: null,
      lagRecords: 0,
      heartbeats: [],
      partitions: [],
      metrics: ['a', 'b', 'c', 'd', 'e'].map((metric) =>
        account(metric, metric === 'd' ? { difference: 3 } : metric === 'e' ? { lost: 9 } : {}),
      ),
    },
    {
      eventType: 'visit',
      topic: 'events.visit',
      watermark: null,
      lagRecords: 0,
      heartbeats: [],
      partitions: [],
      metrics: [account('v')],
    },
  ],
  projections: [
    projection('a'),
    projection('b', { lagRecords: 70 }),
    projection('c', { state: 'rebuilding', lagRecords: 5 }),
    projection('d'),
    projection('e'),
    projection('v', { eventType: 'visit', state: 'absent' }),
  ],
};

describe('a part of the pipeline', () => {
  test('has what is not well first, and tells of it even where it is cut', () => {
    const { answer, notes } = pipelinePart(pipeline, { limit: 4 });
    expect(answer.projections.map(({ metric }) => metric)).toEqual(['c', 'd', 'e', 'v']);
    expect(answer.eventTypes.map(({ metrics }) => metrics.map(({ metric }) => metric))).toEqual([
      ['c', 'd', 'e'],
      ['v'],
    ]);
    expect(notes).toEqual([
      '6 projections of 2 event types; the one furthest behind has 70 records to read',
      'recounted from the log now, so no values are shown: c',
      'not begun by any aggregator, so no values are shown: v',
      'events that no counter accounts for: d',
      'incomplete, since retention took records before they were counted: e',
      'the broker does not tell the end of x',
      'cut: 4 of 6 projections',
    ]);
  });

  test('is of one event type where that is asked for', () => {
    const { answer, notes } = pipelinePart(pipeline, { eventType: 'visit', limit: 20 });
    expect(answer.eventTypes.map(({ eventType }) => eventType)).toEqual(['visit']);
    expect(answer.projections.map(({ metric }) => metric)).toEqual(['v']);
    expect(notes.join()).not.toContain('cut');
  });

  test('names ten at most of many', () => {
    const projections = Array.from({ length: 12 }, (_, i) =>
      projection(`m${i}`, { state: 'rebuilding' }),
    );
    const { notes } = pipelinePart({ ...pipeline, projections }, { limit: 20 });
    expect(notes[1]).toMatch(/: m0, m1, .* m9 and 2 more$/);
  });
});

test('of an alert with a long past the newest is told', () => {
  const timeline = [1, 2, 3];
  expect(alertPart({ id: 'x', timeline, deliveries: [1] }, 2)).toEqual({
    answer: { id: 'x', timeline: [2, 3], deliveries: [1] },
    notes: ['cut: the newest 2 of 3 transitions of the time line'],
  });
  expect(alertPart({ timeline, deliveries: [] }, 3).notes).toEqual([]);
});
