import { describe } from 'vitest';
import { lacks } from '../../../support/optional.ts';
import { shareSite } from '../shared-site.ts';
import { describeHome } from './home.suite.ts';
import { describeResponsibility } from './responsibility.suite.ts';
import { startOverviewSite } from './site.ts';
import { describeTree } from './tree.suite.ts';

describe.skipIf(lacks('browser'))('the overview in a browser', () => {
  const shared = shareSite(() => startOverviewSite('console-overview'));
  describeResponsibility(shared);
  describeTree(shared);
  describeHome(shared);
});
