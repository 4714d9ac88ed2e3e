import { describe } from 'vitest';
import { lacks } from '../../../support/optional.ts';
import { shareSite } from '../shared-site.ts';
import { describeDocuments } from './documents.suite.ts';
import { describeFollowing, emptyWindow } from './follow.suite.ts';
import { describeRules } from './rules.suite.ts';
import { startCatalogSite } from './site.ts';

describe.skipIf(lacks('browser'))('the catalogue in a browser', () => {
  const shared = shareSite(() => startCatalogSite('console-catalog'));
  const { describeOpen, describeClosed } = emptyWindow(shared);
  describeOpen();
  describeDocuments(shared);
  describeRules(shared);
  describeFollowing(shared);
  describeClosed();
});
