/** Kinds that a document can have, those that people write most first. */
export const KINDS = [
  'Metric',
  'AlertRule',
  'EventType',
  'Responsibility',
  'Person',
  'Team',
  'Receiver',
  'Subscription',
  'Objective',
  'Target',
  'Calendar',
  'Dashboard',
  'Settings',
] as const;
export type Kind = (typeof KINDS)[number];

/** What a new document begins as: what it must say is there, what only its author knows is left to fill in. */
export function templateOf(kind: Kind, metric?: string): string {
  const isNamed = metric !== undefined && kind === 'AlertRule';
  const [id, en, zh] = isNamed
    ? [`${metric}-below`, `${metric} below`, `${metric} 过低`]
    : ['', '', ''];
  return [
    'apiVersion: tidemark/v1',
    `kind: ${kind}`,
    'metadata:',
    `  id: ${id}`,
    `  name: { en: "${en}", zh: "${zh}" }`,
    ...(EXTRA[kind]?.(metric ?? '') ?? ['spec: {}']),
    '',
  ].join('\n');
}

const EXTRA: Partial<Readonly<Record<Kind, (metric: string) => readonly string[]>>> = {
  Metric: () => [
    '  domain: ',
    '  purpose: ',
    '  owner: "team:"',
    'spec:',
    '  type: simple',
    '  event: ',
    '  value: data.',
    '  aggregation: sum',
    '  unit: { code: "1", scale: 0 }',
    '  direction: up',
    '  dimensions: {}',
    '  breakdowns: [[]]',
    '  timezone: UTC',
    '  lateness: P1D',
  ],
  AlertRule: (metric) => [
    'spec:',
    `  metric: ${metric}`,
    '  by: []',
    '  window: hour',
    '  evaluate: onClose',
    '  when: value < 0',
    '  noData: nodata',
    '  severity: warning',
    '  notify: { repeat: PT4H, max: 6 }',
  ],
  Calendar: () => ['spec: { firstMonth: 4, firstDay: 1, namedBy: end, weekStart: mon }'],
  Target: () => [
    'spec:',
    '  metric: ',
    '  by: []',
    '  window: month',
    '  values:',
    '    - { period: , value:  }',
  ],
};
