import { everyFault } from '../../../../support/catalog-faults.ts';
import { event } from '../../../../support/catalog-folder.ts';

everyFault([
  [
    event('{ schema: ‸schemas/none.avsc }'),
    'reference_unknown',
    'there is no schema file schemas/none.avsc',
  ],
  [event('{ schema: ‸schemas/bad.avsc }'), 'schema_invalid', 'not valid Avro'],
  [event('{ schema: ‸schemas/text.avsc }'), 'schema_invalid', 'must be an Avro record'],
  [event('{ avro: ‸{ type: record, name: A } }'), 'schema_invalid', 'not valid Avro'],
  [
    'apiVersion: tidemark/v1\nkind: EventType\nmetadata: { id: e }\n‸spec: {}',
    'field_missing',
    'spec.schema is missing',
  ],
  [
    event('{ schema: schemas/order.avsc, outOfOrderness: ‸30s }'),
    'field_invalid',
    'ISO 8601 duration',
  ],
  [event('{ schema: schemas/order.avsc, outOfOrderness: ‸P2D }'), 'field_invalid', 'at most P1D'],
  [
    event('{ schema: schemas/order.avsc, timeFrom: ‸evnt }'),
    'field_invalid',
    'did you mean event?',
  ],
  [event('{ schema: schemas/order.avsc }', '‸"a b"'), 'field_invalid', 'must be of letters'],
]);
