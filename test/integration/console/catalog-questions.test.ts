import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { repositoryDir } from '../../../infra/bootstrap/prepare.mjs';
import { start } from '../../../services/console/main.ts';
import type {
  ImpactAnswer,
  LineageAnswer,
} from '../../../services/console/core/catalog-answers.ts';
import { buildCatalog } from '../../../services/kernel/catalog/build.ts';
import type { MetricTree } from '../../../services/kernel/catalog/tree.ts';
import type { Json } from '../../../services/kernel/json.ts';
import { keyOf } from '../../../services/platform/catalog/plan.ts';
import { catalogTools } from '../../../services/platform/catalog/tools.ts';
import type { StartService } from '../../../services/platform/platform.ts';
import { aDocuments, changed } from '../../support/catalog-documents.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';

const published = new Map(aDocuments().map((document) => [keyOf(document), document]));
const { catalog } = buildCatalog(aDocuments(), catalogTools);

describe('questions about definitions', () => {
  let platform: TestPlatform;
  let url: string;

  beforeAll(async () => {
    platform = await openTestPlatform({
      eventTypes: [...catalog.eventTypes.values()],
      metrics: [...catalog.metrics.values()],
      rules: [...catalog.rules.values()],
      people: [...catalog.people.values()],
      responsibilities: [...catalog.responsibilities.values()],
    });
    const withDocuments: StartService = (one) =>
      start({ ...one, catalog: { ...one.catalog, documents: () => published } });
    await platform.run(withDocuments);
    url = await platform.listen();
  });
  afterAll(() => platform.close());

  const ask = async (body: Json): Promise<{ status: number; body: ImpactAnswer }> => {
    const response = await fetch(`${url}/v1/catalog/impact`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as ImpactAnswer };
  };
  const documentOf = (key: string, change: Parameters<typeof changed>[2]): Json =>
    changed(aDocuments(), key, change).find((one) => keyOf(one) === key) as Json;

  test('lineage goes from the event field to the rule', async () => {
    const response = await fetch(`${url}/v1/catalog/lineage/orders`);
    const body = (await response.json()) as LineageAnswer;
    expect(body.metric).toBe('orders');
    expect(body.edges).toContainEqual({
      from: 'Field/shop.order#data.cancelled',
      to: 'Metric/orders',
      as: 'where',
    });
    expect(body.edges).toContainEqual({
      from: 'Metric/orders',
      to: 'AlertRule/orders-low',
      as: 'watches',
    });
    expect((await fetch(`${url}/v1/catalog/lineage/nope`)).status).toBe(404);
  });

  test('the tree has the formula of the ratio', async () => {
    const body = (await (await fetch(`${url}/v1/tree`)).json()) as MetricTree;
    expect(body.edges).toEqual([
      { from: 'cancels', to: 'rate', operator: '*', relation: 'product', source: 'formula' },
      { from: 'orders', to: 'rate', operator: '/', relation: 'ratio', source: 'formula' },
    ]);
  });

  test('the command line prints it edge by edge', async () => {
    const stdout = await new Promise<string>((resolve) => {
      execFile(
        process.execPath,
        [join(repositoryDir, 'services/cli/main.ts'), 'catalog', 'lineage', 'orders'],
        {
          env: {
            ...process.env,
            TIDEMARK_PORT: new URL(url).port,
            TIDEMARK_DATA_DIR: '/nonexistent',
          },
        },
        (_error, text) => resolve(text),
      );
    });
    expect(stdout).toMatch(/^Metric\/orders +watches +AlertRule\/orders-low$/m);
  });

  test('impact tells what a metric would break, with a pointer, and changes nothing', async () => {
    const document = documentOf('Metric/orders', { spec: { unit: { code: 'EUR', scale: 2 } } });
    const { status, body } = await ask({ documents: [document] });
    expect([status, body.isBreaking]).toEqual([200, true]);
    expect(body.impacts).toContainEqual({
      code: 'unit_changed',
      subject: 'Metric/orders',
      pointer: '/spec/unit',
      message: 'values of orders are EUR with 2 places and no longer count with 0 places',
      isBreaking: true,
      affects: ['AlertRule/orders-low', 'Metric/rate', 'Responsibility/owners', 'readers'],
    });
    const words = documentOf('Metric/orders', { metadata: { name: 'Bookings' } });
    expect(await ask({ documents: [words] })).toEqual({
      status: 200,
      body: { isBreaking: false, impacts: [] },
    });
  });

  test('what would be withdrawn is asked about by its key', async () => {
    const { body } = await ask({ withdraw: ['Metric/orders'] });
    expect(body.impacts.map(({ code, subject }) => `${code} ${subject}`)).toContain(
      'definition_broken AlertRule/orders-low',
    );
  });

  test.each<[string, Json]>([
    ['nothing', {}],
    ['an unknown member', { files: [] }],
    ['a document without id', { documents: [{ kind: 'Metric' }] }],
    [
      'an event type that names a file',
      {
        documents: [{ kind: 'EventType', metadata: { id: 'x' }, spec: { schema: 'x.avsc' } }],
      },
    ],
  ])('%s is refused', async (_what, body) =>
    expect(await ask(body)).toMatchObject({ status: 400, body: { code: 'invalid_parameter' } }),
  );
});
