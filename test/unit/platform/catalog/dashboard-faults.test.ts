import { everyFault } from '../../../support/catalog-faults.ts';
import { metric, other } from '../../../support/catalog-folder.ts';

const dashboard = (panels: string, more = ''): string =>
  other('Dashboard', `{ ${more}panels: [${panels}] }`, 'd, name: D');
const manual = (more: string): string => metric(`type: manual, unit: { code: head }, ${more}`);

/** `‸` marks where the fault must be shown; it is not part of the file. */
everyFault([
  // dashboards
  [
    dashboard('{ type: ‸gauge }'),
    'field_invalid',
    'must be one of chart, value, table, tree, text',
  ],
  [
    dashboard('‸{ metric: net }'),
    'field_invalid',
    'must be one of chart, value, table, tree, text',
  ],
  [dashboard('{ type: value, metric: ‸nett }'), 'reference_unknown', 'did you mean net?'],
  [dashboard('{ type: value, metric: net, ‸gran: day }'), 'field_unknown', 'did you mean grain?'],
  [
    dashboard('{ type: value, metric: net, grain: ‸decade }'),
    'field_invalid',
    'must be one of minute, hour',
  ],
  [dashboard('{ type: value, metric: net, width: ‸13 }'), 'field_invalid', 'at most 12'],
  [
    dashboard('{ type: value, metric: net, compare: ‸decade }'),
    'field_invalid',
    'previous, week, month',
  ],
  [
    dashboard('{ type: value, metric: buyers, grain: ‸minute }'),
    'grain_unavailable',
    'buyers keeps hour, day cells, which do not tile windows of minute',
  ],
  [
    dashboard('{ type: value, metric: net, grain: year, compare: ‸month }'),
    'field_invalid',
    'a window of a year has no month before',
  ],
  [
    dashboard('{ type: chart, metric: net, by: ‸[shop] }'),
    'breakdown_unavailable',
    'net is kept by [] [store], not by [shop]',
  ],
  [
    dashboard('{ type: value, metric: net, where: ‸{ shop: S1 } }'),
    'breakdown_unavailable',
    'not by [shop]',
  ],
  [
    dashboard('{ type: chart, metric: net, grain: minute, range: ‸P7D }'),
    'field_invalid',
    'the range holds 10080 windows of a minute; a chart shows at most 1000',
  ],
  [
    dashboard('{ type: chart, metric: net, grain: ‸minute }', 'range: P7D, '),
    'field_invalid',
    'at most 1000',
  ],
  [dashboard('{ type: tree, metric: ‸none }'), 'reference_unknown', 'there is no Metric none'],
  [dashboard('‸{ type: text }'), 'field_missing', 'text is missing'],
  [dashboard('', '‸').replace('‸panels: []', 'panels: ‸[]'), 'field_invalid', 'too small'],
  // manual metrics
  [manual('grain: ‸minute'), 'field_invalid', 'must be one of day, week, month, quarter, year'],
  [manual('total: ‸sum'), 'field_invalid', 'there are no dimensions'],
  [manual('dimensions: { store: [S1, ‸S1] }'), 'field_invalid', 'S1 stands twice'],
  [manual('range: { min: ‸10, max: 9 }'), 'field_invalid', 'nothing could be entered'],
  [manual('range: { min: ‸low }'), 'field_invalid', 'must be a decimal number, not low'],
  [manual('additivity: ‸additive'), 'field_invalid', 'the metric is non-additive'],
  [metric('type: manual, unit: { code: EUR, scale: ‸7 }'), 'field_invalid', 'at most 6'],
  [
    other('EventType', '{ schema: schemas/order.avsc }', '‸tidemark.manual-entry'),
    'id_taken',
    'is built in',
  ],
]);
