/** Prometheus' text formats: how business values are exposed. */

export type Sample = {
  readonly labels: Readonly<Record<string, string>>;
  /** A number as text: decimals stay as they are. */
  readonly value: string;
};
export type Family = {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
};
export type ExpositionFormat = 'prometheus' | 'openmetrics';

export const CONTENT_TYPE: Readonly<Record<ExpositionFormat, string>> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/**
 * Families of gauges as text. Families without samples are left out.
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/; OpenMetrics 1.0
 */
export function renderExposition(families: readonly Family[], format: ExpositionFormat): string {
  const text = families
    .filter(({ samples }) => samples.length > 0)
    .map(
      ({ name, help, samples }) =>
        `# HELP ${name} ${escapeHelp(help, format)}\n# TYPE ${name} gauge\n${samples.map((sample) => `${name}${renderLabels(sample.labels)} ${sample.value}\n`).join('')}`,
    )
    .join('');
  return format === 'openmetrics' ? `${text}# EOF\n` : text;
}

const escapeHelp = (text: string, format: ExpositionFormat): string => {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return format === 'openmetrics' ? escaped.replaceAll('"', '\\"') : escaped;
};

const renderLabels = (labels: Readonly<Record<string, string>>): string => {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeValue(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
};

const escapeValue = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

/** Names of labels that are not a dimension's. */
const RESERVED = new Set(['metric', 'window', 'job', 'instance', 'le', 'quantile']);
/** A label without a value is none to Prometheus: the series would be the total's. */
const EMPTY_MEMBER = '(empty)';

/** The labels of a series of a metric: its dimensions under names that Prometheus takes, apart from our own. */
export function dimensionLabels(
  labels: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const named: Record<string, string> = {};
  for (const [dimension, member] of Object.entries(labels)) {
    const plain = dimension.replaceAll(/[^a-zA-Z0-9_]/g, '_').replace(/^(?=\d)/, '_');
    let name = RESERVED.has(plain) || plain.startsWith('__') ? `dimension_${plain}` : plain;
    while (name in named) name += '_';
    named[name] = member === '' ? EMPTY_MEMBER : member;
  }
  return named;
}
