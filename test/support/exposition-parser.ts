export type ExposedSample = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

/**
 * Reads Prometheus' text format strictly, by the grammar and not by our writer: every sample belongs to the family that
 * `# TYPE` opened, families come once, and no series comes twice.
 * @throws Error with the line that breaks the format
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function parseExposition(text: string): readonly ExposedSample[] {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const samples: ExposedSample[] = [];
  const families = new Set<string>();
  const series = new Set<string>();
  let family = '';
  for (const line of text.slice(0, -1).split('\n')) {
    if (line === '' || line.startsWith('# HELP ') || line === '# EOF') continue;
    const type =
      /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped)$/.exec(line);
    if (type) {
      family = type[1] as string;
      if (families.has(family)) throw new Error(`family ${family} comes twice`);
      families.add(family);
      continue;
    }
    const sample = parseSample(line);
    if (!sample.name.startsWith(family)) throw new Error(`not of family ${family}: ${line}`);
    const key = `${sample.name} ${JSON.stringify(Object.entries(sample.labels).sort(([a], [b]) => (a < b ? -1 : 1)))}`;
    if (series.has(key)) throw new Error(`series comes twice: ${line}`);
    series.add(key);
    samples.push(sample);
  }
  return samples;
}

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|\})/y;
const VALUE = / ([+-]?(?:\d+(?:\.\d*)?(?:e[+-]?\d+)?|Inf)|NaN)$/iy;

function parseSample(line: string): ExposedSample {
  const take = (pattern: RegExp, at: number): RegExpExecArray => {
    pattern.lastIndex = at;
    const match = pattern.exec(line);
    if (!match) throw new Error(`cannot be read from column ${at + 1}: ${line}`);
    return match;
  };
  const [name] = take(NAME, 0);
  let at = name.length;
  const labels: Record<string, string> = {};
  if (line[at] === '{') {
    at++;
    for (let isOpen = true; isOpen;) {
      const [all, label = '', escaped = '', end] = take(LABEL, at);
      if (label in labels) throw new Error(`label ${label} comes twice: ${line}`);
      labels[label] = escaped.replaceAll(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c));
      at += all.length;
      isOpen = end === ',';
    }
  }
  return { name, labels, value: Number(take(VALUE, at)[1]?.replace('Inf', 'Infinity')) };
}
