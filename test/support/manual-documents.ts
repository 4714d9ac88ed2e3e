import { buildCatalog } from '../../services/kernel/catalog/build.ts';
import { isManual } from '../../services/kernel/catalog/manual-windows.ts';
import type { ManualMetric } from '../../services/kernel/catalog/manual-windows.ts';
import type { Json } from '../../services/kernel/json.ts';
import { catalogTools } from '../../services/platform/catalog/tools.ts';

type Spec = Readonly<Record<string, Json>>;

/** A metric whose values people enter, of `person:anna`. */
export const manualDocument = (id: string, spec: Spec = {}, metadata: Spec = {}): Json => ({
  apiVersion: 'tidemark/v1',
  kind: 'Metric',
  metadata: { id, name: { en: id }, owner: 'person:anna', ...metadata },
  spec: { type: 'manual', unit: { code: 'head' }, ...spec },
});

const ANNA: Json = { apiVersion: 'tidemark/v1', kind: 'Person', metadata: { id: 'anna' } };

/** A calendar of a year from 6 April, one of weeks from Tuesday, and that of the NRF. */
export const CALENDARS: readonly Json[] = [
  aCalendar('fiscal', { firstMonth: 4, firstDay: 6, weekStart: 'sun' }),
  aCalendar('tuesdays', { firstMonth: 1, weekStart: 'tue' }),
  aCalendar('retail', {
    weeks: { pattern: '4-5-4', lastMonth: 1 },
    weekStart: 'sun',
    namedBy: 'start',
  }),
];

function aCalendar(id: string, spec: Spec): Json {
  return { apiVersion: 'tidemark/v1', kind: 'Calendar', metadata: { id }, spec };
}

/** The metric of such a document. */
export function aManualMetric(spec: Spec = {}): ManualMetric {
  const documents = [ANNA, ...CALENDARS, manualDocument('heads', spec)];
  const { catalog, faults } = buildCatalog(documents, catalogTools);
  const metric = catalog.metrics.get('heads');
  if (!isManual(metric)) throw new Error(JSON.stringify(faults));
  return metric;
}
