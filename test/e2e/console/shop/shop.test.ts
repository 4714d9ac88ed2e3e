import { describe } from 'vitest';
import { lacks } from '../../../support/optional.ts';
import { shareSite } from '../shared-site.ts';
import { describeDashboards } from './dashboards.suite.ts';
import { describeEntries } from './entries.suite.ts';
import { describeMetric } from './metric.suite.ts';
import { startShop } from './site.ts';
import { describeWalls } from './walls.suite.ts';

describe.skipIf(lacks('browser'))('a shop in a browser', () => {
  const shared = shareSite(() => startShop('console-shop'));
  describeMetric(shared);
  describeEntries(shared);
  describeDashboards(shared);
  describeWalls(shared);
});
