/** Dashboards of so many panels each, for walls: `wall-4`, `wall-9`, `wall-16`. */
export const WALLS = [4, 9, 16] as const;

const KINDS = [
  'type: chart, metric: net-sales, grain: minute, compare: previous',
  'type: chart, metric: units, by: [country], grain: hour, range: P1D',
  'type: value, metric: orders, grain: day, compare: previous',
  'type: table, metric: net-sales, by: [country], grain: day, rows: 8',
] as const;

/** Catalogue documents: charts, small charts, values and tables in turn, two to a row, a heading above them. */
export const wallDocuments = (): string =>
  WALLS.map(
    (count) => `apiVersion: tidemark/v1
kind: Dashboard
metadata: { id: wall-${count}, name: { en: Wall of ${count}, zh: ${count} 个面板 } }
spec:
  range: PT3H
  panels:
    - { type: text, width: 12, text: { en: What comes in, zh: 收入情况 } }
${Array.from(
  { length: count },
  (_, i) =>
    `    - { ${KINDS[i % KINDS.length] ?? ''}, width: 6, height: 3, title: { en: Panel ${i + 1}, zh: 面板 ${i + 1} } }\n`,
).join('')}`,
  ).join('---\n');
